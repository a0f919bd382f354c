"""The transformers backend: a directory, a hub id or a dequantised GGUF as a language model.

Slower than llama.cpp on a CPU; for GPUs, for weights that were just trained and
for LoRA adapters.
"""

from pathlib import Path

from agent.models import hf_file
from agent.models.chat import ChatEncoder
from agent.models.engine import Parts
from agent.models.engine_model import EngineModel
from agent.models.hf_engine import HfEngine
from agent.models.thinking import Thinking


class HfModel(EngineModel):
    """A chat model loaded with transformers."""

    def __init__(
        self,
        spec: str | Path,
        *,
        adapter: str | None = None,
        device: str | None = None,
        dtype: str | None = None,
        context_tokens: int = 8192,
        sequences: int = 8,
        keep_default_system: bool = False,
        thinking_tokens: int = 0,
    ) -> None:
        """Loads the weights.

        Args:
            spec: a directory, a hub id, or a GGUF file, which is dequantised.
            adapter: the directory of a LoRA adapter to merge in.
            device: "cpu", "cuda", …; a GPU where there is one by default.
            dtype: number format; "float32" on a CPU and "bfloat16" on a GPU by default.
            context_tokens: longest chat, reply included; no more is read than the model was trained for.
            sequences: cached beginnings, and requests decoded side by side.
            keep_default_system: leave the system prompt that the chat template itself may insert.
            thinking_tokens: most tokens of thoughts before a reply, of a model that can think; 0 for no thoughts.

        Raises:
            UserError: the weights are missing, damaged or no chat model.
        """
        self.name = f"{spec}" if adapter is None else f"{spec} with {adapter}"
        model, tokenizer = hf_file.open_weights(str(spec), adapter=adapter, device=device, dtype=dtype)
        vocabulary = hf_file.HfVocabulary(tokenizer)
        grammars, facts = hf_file.grammars_and_facts(model, tokenizer, vocabulary)
        trained = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        window_tokens = min(context_tokens, trained or context_tokens)
        engine = HfEngine(model, sequences=sequences, window_tokens=window_tokens)

        def chat(thinking: bool) -> ChatEncoder:
            return hf_file.chat_encoder(
                tokenizer, vocabulary, keep_default_system=keep_default_system, thinking=thinking
            )

        super().__init__(
            Parts(
                engine=engine,
                embeddings=engine.embeddings,
                chat=chat(False),
                vocabulary=vocabulary,
                facts=facts,
                grammars=grammars,
                window_tokens=window_tokens,
                thinking=Thinking.of(chat(True), vocabulary, thinking_tokens) if thinking_tokens else None,
            )
        )
