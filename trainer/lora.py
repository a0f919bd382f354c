"""Which weights move: an adapter, an adapter over four-bit weights, or all of them."""

import hashlib
import importlib.util
import json
import tempfile
import warnings
from pathlib import Path

import torch
from accelerate import PartialState
from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from agent.cache_folder import cache_folder
from agent.errors import UserError
from agent.models import hf_file
from agent.models.locate import EMBEDDED, embedded_gguf
from trainer.checkpoints import write_whole
from trainer.run_config import Adapter, Compute

Trainable = PreTrainedModel | PeftModel
ADAPTER_FILE = "adapter_config.json"


def directory_of(spec: str) -> str:
    """Where transformers finds the weights; a GGUF is dequantised once and kept in the user's cache.

    Raises:
        UserError: there are no such weights, or they are no chat model's.
    """
    path = embedded_gguf() if spec == EMBEDDED else Path(spec).expanduser()
    if path.suffix.lower() != ".gguf":
        return str(path) if path.exists() else spec
    if not path.is_file():
        raise UserError(f"There is no model at {spec}: give a GGUF file, a directory or a hub id.")
    state = path.stat()
    name = hashlib.sha256(f"{path.resolve()}\0{state.st_size}\0{state.st_mtime_ns}".encode()).hexdigest()[:16]
    target = cache_folder("trainable") / f"{path.stem}-{name}"
    if target.is_dir():
        return str(target)
    model, tokenizer = hf_file.open_weights(str(path), adapter=None, device="cpu", dtype="float32")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        draft = Path(scratch) / "weights"
        unquantised(model).save_pretrained(draft)
        tokenizer.save_pretrained(draft)
        if not target.is_dir():
            draft.rename(target)
    return str(target)


def unquantised(model: PreTrainedModel) -> PreTrainedModel:
    """The model without the mark that its weights come from a quantised file; such a model refuses to be trained."""
    if not hasattr(model.config, "quantization_config"):
        return model
    config = model.config
    delattr(config, "quantization_config")
    plain = type(model)(config)
    plain.load_state_dict(model.state_dict())
    plain.tie_weights()
    plain.generation_config = model.generation_config
    return plain


def open_trainable(
    spec: str, adapter: Adapter, compute: Compute, *, adapter_from: Path | None, seed: int
) -> tuple[Trainable, PreTrainedTokenizerFast]:
    """The weights to train, and their tokenizer.

    Args:
        spec: what the user wrote as the model.
        adapter: which weights move.
        compute: number format and memory.
        adapter_from: a trained adapter to go on with.
        seed: draws the weights of a new adapter.

    Raises:
        UserError: they cannot be loaded, or what the adapter asks for is not to be had here.
    """
    place = directory_of(spec)
    dtype = "float32" if adapter.kind == "full" or compute.precision == "fp32" else "bfloat16"
    if adapter.kind == "qlora":
        model, tokenizer = _four_bits(place, compute)
    else:
        model, tokenizer = hf_file.open_weights(place, adapter=None, device="cpu", dtype=dtype)
    if compute.checkpointing:
        model.enable_input_require_grads()
    if adapter.kind == "full":
        if adapter_from is not None:
            raise UserError("adapter_from goes on with an adapter: set adapter.kind to lora, or merge it beforehand.")
        return model.train(), tokenizer
    if adapter_from is not None and not (adapter_from / ADAPTER_FILE).is_file():
        raise UserError(f"There is no adapter at {adapter_from}: give the directory with adapter_config.json.")
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft calls transformers by an old name
        torch.manual_seed(seed)
        if adapter_from is not None:
            adapted = PeftModel.from_pretrained(model, str(adapter_from), is_trainable=True)
        else:
            adapted = get_peft_model(model, lora_config(adapter))
    assert isinstance(adapted, PeftModel)
    return adapted.train(), tokenizer


def name_base(folder: Path, spec: str) -> None:
    """Writes into an adapter's folder which weights it is for, as written after --model; nothing for whole weights.

    peft itself notes where it found them on this machine, and would look a name like "embedded" up on the hub.
    """
    file = folder / ADAPTER_FILE
    if file.is_file():
        about = json.loads(file.read_text(encoding="utf-8"))
        write_whole(file, json.dumps({**about, "base_model_name_or_path": spec}, indent=2, sort_keys=True))


def base_of(model: Trainable) -> PreTrainedModel:
    """The transformers model, without the wrapper of its adapter."""
    found = model.get_base_model() if isinstance(model, PeftModel) else model
    assert isinstance(found, PreTrainedModel)
    return found


def lora_config(adapter: Adapter) -> LoraConfig:
    """The adapter in peft's words."""
    return LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.alpha,
        lora_dropout=adapter.dropout,
        bias="none",
        task_type="CAUSAL_LM",
        target_modules=list(adapter.modules) if adapter.modules else "all-linear",
    )


def _four_bits(place: str, compute: Compute) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The weights in the paper's four-bit format, on the device they will be trained on.

    Raises:
        UserError: bitsandbytes is not installed, or the weights cannot be loaded so.
    """
    if importlib.util.find_spec("bitsandbytes") is None:
        raise UserError("QLoRA needs bitsandbytes: pip install 'ludens[qlora]', or set adapter.kind to lora.")
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    dtype = torch.float32 if compute.precision == "fp32" else torch.bfloat16
    on_gpu = compute.device != "cpu" and torch.cuda.is_available()
    device = PartialState().device if on_gpu else torch.device("cpu")  # of this process, where there are several
    format_ = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_compute_dtype=dtype, bnb_4bit_quant_type="nf4")
    try:
        model = AutoModelForCausalLM.from_pretrained(
            place, dtype=dtype, quantization_config=format_, device_map={"": device}
        )
        tokenizer = AutoTokenizer.from_pretrained(place)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"transformers cannot load {place} in four bits: {reason}") from error
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    return prepare_model_for_kbit_training(model, use_gradient_checkpointing=False), tokenizer
