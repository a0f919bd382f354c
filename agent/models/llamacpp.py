"""The llama.cpp backend: a GGUF file as a language model.

One set of weights, one context, several cached sequences: every request goes
on from the longest beginning that any earlier one left behind, so the turns of
a chat and the two interleaved players of a self-play are read only once.
Several requests can be decoded side by side. Greedy replies are the same alone,
in a batch, with and without a warm cache, except where two tokens are so close
that the order of floating-point sums decides.
"""

from pathlib import Path

from llama_cpp import Llama

from agent.models import gguf_file
from agent.models.chat import ChatEncoder
from agent.models.engine import Parts
from agent.models.engine_model import EngineModel
from agent.models.gguf_table import GgufTable
from agent.models.llama_context import LlamaContext, quiet
from agent.models.llama_engine import LlamaEngine
from agent.models.reencode import Encoding, reencoded
from agent.models.thinking import Thinking


class LlamaCppModel(EngineModel):
    """A chat model in a GGUF file."""

    def __init__(
        self,
        path: str | Path,
        *,
        adapter: str | Path | None = None,
        context_tokens: int = 8192,
        sequences: int = 16,
        threads: int = 1,
        keep_default_system: bool = False,
        thinking_tokens: int = 0,
        reencode: Encoding | None = None,
    ) -> None:
        """Loads the weights.

        Args:
            path: the GGUF file.
            adapter: a LoRA adapter in GGUF form to lay over the weights.
            context_tokens: longest chat, reply included, and tokens cached over all chats; no more of one chat is
                read than the model was trained for.
            sequences: cached beginnings, and requests decoded side by side.
            threads: CPU threads; more than one helps on an idle machine only.
            keep_default_system: leave the system prompt that the chat template itself may insert.
            thinking_tokens: most tokens of thoughts before a reply, of a model that can think; 0 for no thoughts.
            reencode: load a copy of the weights in a faster encoding, see `agent.models.reencode`.

        Raises:
            UserError: the file is missing, damaged or no chat model.
        """
        self._weights = self._opened(Path(path), threads, reencode)
        names = [Path(file) for file in (path, adapter) if file is not None]
        self.name = " with ".join(f"{file.name} of {file.stat().st_size} bytes" for file in names if file.is_file())
        vocabulary = gguf_file.GgufVocabulary(self._weights)
        context = LlamaContext(self._weights._model, cells=context_tokens, threads=threads)
        if adapter is not None:
            context.adapt(gguf_file.open_adapter(self._weights, Path(adapter)))

        def chat(thinking: bool) -> ChatEncoder:
            return gguf_file.chat_encoder(
                self._weights, vocabulary, keep_default_system=keep_default_system, thinking=thinking
            )

        super().__init__(
            Parts(
                engine=LlamaEngine(context, sequences=sequences),
                embeddings=GgufTable(Path(path)).rows,
                chat=chat(False),
                vocabulary=vocabulary,
                facts=vocabulary.facts(),
                grammars=gguf_file.grammars(self._weights, vocabulary),
                window_tokens=min(context_tokens, self._weights._model.n_ctx_train()),
                thinking=Thinking.of(chat(True), vocabulary, thinking_tokens) if thinking_tokens else None,
            )
        )

    @staticmethod
    def _opened(path: Path, threads: int, reencode: Encoding | None) -> Llama:
        """The weights; a damaged or unfit file is refused before it is copied."""
        weights = gguf_file.open_gguf(path, threads=threads)
        copy = path if reencode is None else reencoded(path, reencode)
        if copy == path:
            return weights
        with quiet():
            weights.close()
        return gguf_file.open_gguf(copy, threads=threads)

    def close(self) -> None:
        """Frees weights and caches; the model cannot be used afterwards."""
        super().close()
        with quiet():
            self._weights.close()
