"""Opening a GGUF: the weights, their tokenizer and chat template, or one clear sentence.

Knows files and llama.cpp's loader; knows no contexts.
"""

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import llama_cpp
import numpy as np
import numpy.typing as npt
import outlines
from outlines.backends.llguidance import LLGuidanceBackend

from agent.errors import UserError
from agent.models.chat import ChatEncoder, ChatTemplate, ControlToken
from agent.models.llama_context import quiet
from agent.models.reply import TokenFacts
from agent.models.steering import Grammars

_MAGIC = b"GGUF"


def open_gguf(path: Path, *, threads: int) -> llama_cpp.Llama:
    """Loads the weights of a chat model, onto a GPU where llama.cpp was built for one.

    Raises:
        UserError: there is no such file, it is no GGUF, it is damaged, or it is no chat model.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise UserError(f"The model file {path} cannot be read ({error.strerror}): check the path.") from error
    if magic != _MAGIC:
        raise UserError(f"{path} is not a GGUF file: give a language model in GGUF form.")
    try:
        with quiet():
            # Its own context is never decoded with: the smallest one will do.
            weights = llama_cpp.Llama(
                str(path), n_ctx=256, n_batch=32, n_threads=threads, n_gpu_layers=_gpu_layers(), verbose=False
            )
    except (ValueError, RuntimeError, AssertionError) as error:
        raise UserError(
            f"{path} cannot be loaded: it is incomplete, damaged or of a kind that llama.cpp does not know; "
            "download it again or choose another model."
        ) from error
    if not weights.metadata.get("tokenizer.chat_template"):
        weights.close()
        raise UserError(f"{path} holds no chat template, so it is no chat model: choose an instruction-tuned one.")
    return weights


def open_adapter(weights: llama_cpp.Llama, path: Path) -> llama_cpp.llama_adapter_lora_p:
    """Loads a low-rank adapter for some weights, which free it when they are closed.

    Raises:
        UserError: it is no adapter in GGUF form, or one for other weights.
    """
    if not path.is_file():
        raise UserError(f"There is no adapter at {path}: give a LoRA adapter in GGUF form.")
    with quiet():
        found = llama_cpp.llama_adapter_lora_init(weights._model.model, os.fsencode(path))
    if not found:
        raise UserError(f"{path} is no LoRA adapter in GGUF form for this model: convert the one that was trained.")
    return found


def _gpu_layers() -> int:
    """All layers where llama.cpp can use a GPU, else none."""
    return -1 if llama_cpp.llama_supports_gpu_offload() else 0


class GgufVocabulary:
    """The tokenizer inside a GGUF."""

    def __init__(self, weights: llama_cpp.Llama) -> None:
        self._model = weights._model
        self.size: int = self._model.n_vocab()
        vocab = self._model.vocab
        attributes = [llama_cpp.llama_vocab_get_attr(vocab, token) for token in range(self.size)]
        marked = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN
        # Tokens that a template may write; user-defined ones are plain words to llama.cpp, in messages too.
        writable = marked | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED
        self.control: Mapping[str, ControlToken] = {
            self._model.token_get_text(token): ControlToken(
                id=token,
                strips_left=bool(attribute & llama_cpp.LLAMA_TOKEN_ATTR_LSTRIP),
                strips_right=bool(attribute & llama_cpp.LLAMA_TOKEN_ATTR_RSTRIP),
            )
            for token, attribute in enumerate(attributes)
            if attribute & writable and self._model.token_get_text(token)
        }
        self.ends = frozenset(token for token in range(self.size) if llama_cpp.llama_vocab_is_eog(vocab, token))
        banned = [token for token, attribute in enumerate(attributes) if attribute & marked and token not in self.ends]
        self.banned: npt.NDArray[np.int64] = np.array(banned, dtype=np.int64)
        self.bos: int | None = self._model.token_bos() if self._model.add_bos_token() else None

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text."""
        return self._model.tokenize(text.encode("utf-8", "replace"), False, False)

    def text(self, tokens: Sequence[int]) -> bytes:
        """The bytes of tokens, control tokens left out."""
        return self._model.detokenize([token for token in tokens if token not in self.ends], special=False)

    def facts(self) -> TokenFacts:
        """What a reply must know."""
        return TokenFacts(ends=self.ends, banned=self.banned, text=self.text)


def chat_encoder(
    weights: llama_cpp.Llama, vocabulary: GgufVocabulary, *, keep_default_system: bool, thinking: bool = False
) -> ChatEncoder:
    """The encoder for the template in the file."""
    model = weights._model
    bos, eos = (model.token_get_text(token) if token >= 0 else "" for token in (model.token_bos(), model.token_eos()))
    template = ChatTemplate(
        weights.metadata["tokenizer.chat_template"],
        bos=bos,
        eos=eos,
        keep_default_system=keep_default_system,
        thinking=thinking,
    )
    return ChatEncoder(template, vocabulary, bos=vocabulary.bos)


def grammars(weights: llama_cpp.Llama, vocabulary: GgufVocabulary) -> Grammars:
    """The grammar compiler for the file's tokenizer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # llguidance calls llama.cpp by an old name
        backend = LLGuidanceBackend(outlines.from_llamacpp(weights))
    return Grammars(backend, vocabulary_size=vocabulary.size, end_ids=vocabulary.ends)
