"""What a run gives away: merged weights, the adapter alone, or a GGUF."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from agent.errors import UserError
from agent.models import hf_file
from agent.models.locate import EMBEDDED, embedded_gguf
from trainer.checkpoints import replace_folder
from trainer.export_gguf import Encoding, write_gguf
from trainer.lora import ADAPTER_FILE, Trainable, base_of, directory_of

Number = Literal["bfloat16", "float16", "float32"]


def base_model_of(weights: Path) -> str:
    """The weights that an adapter is for, as written after --model; the folder itself for whole weights.

    Raises:
        UserError: there are no weights in the folder.
    """
    if (weights / ADAPTER_FILE).is_file():
        try:
            about: Any = json.loads((weights / ADAPTER_FILE).read_text(encoding="utf-8"))
            return str(about["base_model_name_or_path"])
        except (ValueError, KeyError) as error:
            raise UserError(f"{weights / ADAPTER_FILE} is damaged: export from another checkpoint.") from error
    if (weights / "config.json").is_file():
        return str(weights)
    raise UserError(f"There are no weights in {weights}: give a run's folder or one of its folders of weights.")


def weights_of(place: Path) -> Path:
    """The folder of weights that a user means: itself, or the best (else the last) of a run."""
    for name in ("", "best", "final"):
        found = place / name if name else place
        if (found / ADAPTER_FILE).is_file() or (found / "config.json").is_file():
            return found
    raise UserError(f"There are no weights in {place}: give a run's folder or one of its folders of weights.")


def merged(weights: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Weights in single precision, with the adapter merged in where there is one."""
    adapter = str(weights) if (weights / ADAPTER_FILE).is_file() else None
    place = directory_of(base_model_of(weights))
    return hf_file.open_weights(place, adapter=adapter, device="cpu", dtype="float32")


def export_directory(weights: Path, target: Path, *, number: Number = "bfloat16") -> Path:
    """Writes merged weights with their tokenizer as transformers reads them.

    Raises:
        UserError: the target cannot be written.
    """
    model, tokenizer = merged(weights)
    with _draft(target) as draft:
        torch.nn.Module.to(model, getattr(torch, number))
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)
    return target


def export_adapter(weights: Path, target: Path, *, number: Number = "bfloat16") -> Path:
    """Writes the adapter alone, as peft reads it.

    Raises:
        UserError: the run trained all weights, or the target cannot be written.
    """
    if not (weights / ADAPTER_FILE).is_file():
        raise UserError(f"{weights} holds whole weights and no adapter: export them merged or as a GGUF.")
    with _draft(target) as draft:
        draft.mkdir(parents=True)
        tensors = load_file(weights / "adapter_model.safetensors")
        kept = {name: tensor.to(getattr(torch, number)).contiguous() for name, tensor in tensors.items()}
        save_file(kept, draft / "adapter_model.safetensors", metadata={"format": "pt"})
        shutil.copy2(weights / ADAPTER_FILE, draft / ADAPTER_FILE)
    return target


def export_gguf(weights: Path, target: Path, *, encoding: Encoding = "bf16", like: Path | None = None) -> Path:
    """Writes merged weights as one file for llama.cpp.

    Args:
        weights: a folder of weights.
        target: the file.
        encoding: number format of the matrices.
        like: a GGUF of the same model, for its metadata and tokenizer; found by itself when the base model is one.

    Raises:
        UserError: there is no such GGUF, it is of another model, or the target cannot be written.
    """
    base = base_model_of(weights)
    reference = like or (embedded_gguf() if base == EMBEDDED else Path(base))
    if reference.suffix.lower() != ".gguf":
        raise UserError(f"A GGUF of {base} needs another one of the same model for its tokenizer: name it with --like.")
    model, _ = merged(weights)
    write_gguf(model, reference, target, encoding=encoding)
    return target


def gguf_of(model: Trainable, base: str, target: Path, *, encoding: Encoding = "bf16") -> Path | None:
    """Writes a model in the middle of its training as a GGUF; None where there is no GGUF to take metadata from.

    None also for weights that are held in four bits. The model is left as it is.
    """
    reference = embedded_gguf() if base == EMBEDDED else Path(base)
    if reference.suffix.lower() != ".gguf" or getattr(base_of(model), "is_loaded_in_4bit", False):
        return None
    if isinstance(model, PeftModel):
        write_gguf(base_of(model), reference, target, encoding=encoding, deltas=_deltas(model))
    else:
        write_gguf(model, reference, target, encoding=encoding)
    return target


def _deltas(model: PeftModel) -> dict[str, torch.Tensor]:
    """What the adapter adds to each weight, by the weight's name in the base model."""
    found: dict[str, torch.Tensor] = {}
    for name, module in base_of(model).named_modules():
        layer: Any = module
        if hasattr(layer, "get_delta_weight") and hasattr(layer, "base_layer"):
            found[f"{name}.weight"] = layer.get_delta_weight(layer.active_adapters[0]).detach()
    return found


class _draft:
    """A folder that takes its place only when all of it is written."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __enter__(self) -> Path:
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._scratch = tempfile.TemporaryDirectory(dir=self._target.parent)
        except OSError as error:
            raise UserError(f"{self._target} cannot be written ({error.strerror}): choose another place.") from error
        return Path(self._scratch.name) / "draft"

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                replace_folder(Path(self._scratch.name) / "draft", self._target)
        finally:
            self._scratch.cleanup()
