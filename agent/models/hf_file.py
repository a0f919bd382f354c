"""Opening weights with transformers: a directory, a hub id or a GGUF, or one clear sentence.

Knows loading and tokenizers; decodes nothing.
"""

import contextlib
import copy
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import huggingface_hub
import huggingface_hub.constants
import numpy as np
import outlines
import torch
from outlines.backends.llguidance import LLGuidanceBackend
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast
from transformers.utils import logging as transformers_logging

from agent.errors import UserError
from agent.models.chat import ChatEncoder, ChatTemplate, ControlToken
from agent.models.reply import TokenFacts
from agent.models.steering import Grammars

_HUB_TIMEOUT_S = 5.0


def open_weights(
    spec: str, *, adapter: str | None, device: str | None, dtype: str | None
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Loads weights and tokenizer of a chat model.

    Raises:
        UserError: they are missing, damaged, no chat model, or of a kind that transformers does not know.
    """
    path = Path(spec)
    source: dict[str, str | bool] = {"local_files_only": path.exists() or not _hub_answers()}
    place = spec
    if path.suffix.lower() == ".gguf":
        place = str(path.parent)
        source["gguf_file"] = path.name
    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(place, **source)
            model = AutoModelForCausalLM.from_pretrained(place, dtype=_dtype(dtype), **source)
            if adapter is not None:
                model = _adapted(model, adapter)
    except UserError:
        raise
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"transformers cannot load {spec}: {reason}") from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise UserError(f"{spec} has no fast tokenizer (tokenizer.json), which grammars need: choose another model.")
    if not isinstance(tokenizer.chat_template, str):
        raise UserError(f"{spec} holds no chat template, so it is no chat model: choose an instruction-tuned one.")
    torch.nn.Module.to(model, device or _best_device())
    return model.eval(), tokenizer


class HfVocabulary:
    """The tokenizer of a transformers model."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        added = tokenizer.added_tokens_decoder
        self.control: Mapping[str, ControlToken] = {
            token.content: ControlToken(id=i, strips_left=token.lstrip, strips_right=token.rstrip)
            for i, token in added.items()
        }
        self.special = frozenset(i for i, token in added.items() if token.special)
        # A copy of our own: the flags below are state of the tokenizer object.
        self._raw = copy.deepcopy(tokenizer.backend_tokenizer)
        self._raw.encode_special_tokens = True
        self._raw.no_truncation()
        self._raw.no_padding()

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text."""
        return self._raw.encode(text, add_special_tokens=False).ids


def chat_encoder(
    tokenizer: PreTrainedTokenizerFast,
    vocabulary: HfVocabulary,
    *,
    keep_default_system: bool,
    thinking: bool = False,
) -> ChatEncoder:
    """The encoder for the tokenizer's template."""
    assert isinstance(tokenizer.chat_template, str)
    template = ChatTemplate(
        tokenizer.chat_template,
        bos=str(tokenizer.bos_token or ""),
        eos=str(tokenizer.eos_token or ""),
        keep_default_system=keep_default_system,
        thinking=thinking,
    )
    return ChatEncoder(template, vocabulary)


def grammars_and_facts(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, vocabulary: HfVocabulary
) -> tuple[Grammars, TokenFacts]:
    """The grammar compiler, and what replies must know."""
    backend = LLGuidanceBackend(outlines.from_transformers(model, tokenizer))  # pyright: ignore[reportArgumentType]
    backend.tensor_library_name = "numpy"  # masks are applied to arrays; asking for torch would import its compiler
    ends = _end_ids(model, tokenizer, vocabulary)
    banned = np.array(sorted(vocabulary.special - ends), dtype=np.int64)
    compiler = Grammars(backend, vocabulary_size=model.config.get_text_config().vocab_size, end_ids=ends)
    return compiler, TokenFacts(ends=ends, banned=banned, text=backend.llg_tokenizer.decode_bytes)


def _end_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, vocabulary: HfVocabulary) -> frozenset[int]:
    """Every token that ends a message."""
    configured = model.generation_config.eos_token_id if model.generation_config else None
    ids = [configured] if isinstance(configured, int) else list(configured or [])
    ids += [tokenizer.eos_token_id] if isinstance(tokenizer.eos_token_id, int) else []
    named = ("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>", "<|end|>")
    return frozenset(ids) | {vocabulary.control[text].id for text in named if text in vocabulary.control}


def _adapted(model: PreTrainedModel, adapter: str) -> PreTrainedModel:
    """The model with a LoRA adapter merged into its weights."""
    try:
        from peft import PeftModel
    except ModuleNotFoundError as error:
        raise UserError("An adapter needs peft, which is not installed: pip install 'ludens[transformers]'") from error
    if not (Path(adapter) / "adapter_config.json").is_file():
        raise UserError(f"There is no adapter at {adapter}: give the directory that holds adapter_config.json.")
    merged = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    assert isinstance(merged, PreTrainedModel)
    return merged


def _hub_answers() -> bool:
    """False when the model hub cannot be reached: its own client would try for a minute before it says so."""
    if urllib.request.getproxies():
        return True  # it may be reached another way
    address = urllib.parse.urlsplit(huggingface_hub.constants.ENDPOINT)
    try:
        socket.create_connection((address.hostname or "", address.port or 443), timeout=_HUB_TIMEOUT_S).close()
    except OSError:
        return False
    return True


def _dtype(name: str | None) -> torch.dtype:
    """The number format: as asked for, else single precision on a CPU and BF16 on a GPU."""
    if name is None:
        return torch.bfloat16 if torch.cuda.is_available() else torch.float32
    found = getattr(torch, name, None)
    if not isinstance(found, torch.dtype):
        raise UserError(f"There is no number format named {name}: use float32, float16 or bfloat16.")
    return found


def _best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps progress bars and advice off the terminal while weights are loaded."""
    bars, level = transformers_logging.is_progress_bar_enabled(), transformers_logging.get_verbosity()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        if bars:
            transformers_logging.enable_progress_bar()
