"""Ludens as a model of lm-evaluation-harness, wrapped (`ludens`) or bare (`ludens-bare`).

Importing this module registers both names with the harness, which has no other door for models of
others: version 0.4.13 knows neither entry points nor a path to a model's module. A task file that names
`as_they_are` brings the import along. Replies
(`generate_until`) come from the agent; likelihoods are the language model's own, in either seat,
since a likelihood is a question to the model and not to its manners.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from lm_eval.api.model import LM  # pyright: ignore[reportMissingImports]
from lm_eval.api.registry import register_model  # pyright: ignore[reportMissingImports]
from tqdm import tqdm

from agent.agent import Agent
from agent.bare import reply_bare_batch
from agent.config import AgentConfig
from agent.decision import Decision
from agent.errors import UserError
from agent.models.language_model import LanguageModel, Sampling
from agent.models.locate import load
from agent.transcript import Message

CHAT = "\x02ludens\x02"
"""What marks a context that is a chat, as `apply_chat_template` writes it."""

DEFAULT_TOKENS = 256
"""Most tokens of a reply where the task does not say, as the harness's own models have it."""

_TOKENS = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")
_NOT_OURS = ("batch_size", "max_batch_size", "device")
_BATCH = 8

Tell = Callable[[int, int], None]
"""Told how many requests are answered, of how many."""


@register_model("ludens")
class LudensLM(LM):
    """The agent, asked by the harness."""

    bare = False

    def __init__(
        self,
        model: str = "embedded",
        without: str = "",
        profile: str = "default",
        seed: int = 0,
        greedy: bool = True,
        **others: Any,
    ) -> None:
        """Loads the language model.

        Args:
            model: which one, as `--model_args model=…` says it.
            without: stages to switch off, joined by "+" (the harness keeps commas for itself).
            profile: "default" or "strict".
            seed: of the samplers.
            greedy: whether to find out if greedy decoding would say a continuation; costs a reply for each context,
                and only accuracy of plain `loglikelihood` tasks and `exact_match` of choices need it.
            others: `batch_size` (a number, or "auto" for 8), and what else the harness hands to every model; `device`
                goes unread, as the harness names one by itself and the backend knows better what there is.

        Raises:
            UserError: an unknown argument, stage or profile, or an unusable model.
        """
        unknown = sorted(set(others) - set(_NOT_OURS))
        if unknown:
            known = "model, without, profile, seed, greedy"
            raise UserError(f"There is no argument '{unknown[0]}' of the model ludens; there are {known}.")
        config = AgentConfig(seed=seed).profiled(profile).without(*filter(None, str(without).split("+")))
        self._open(load(str(model)), config, batch=_number(others.get("batch_size")), greedy=bool(greedy))

    @classmethod
    def around(
        cls, model: LanguageModel, config: AgentConfig, *, batch: int = _BATCH, tell: Tell | None = None
    ) -> Self:
        """The harness's model around a language model that is loaded already."""
        self = cls.__new__(cls)
        self._open(model, config, batch=batch, greedy=True, tell=tell)
        return self

    def _open(
        self, model: LanguageModel, config: AgentConfig, *, batch: int, greedy: bool, tell: Tell | None = None
    ) -> None:
        LM.__init__(self)
        self._model = model
        self._agent = None if self.bare else Agent(model, config)
        self._seed = config.seed
        self._batch = batch
        self._greedy = greedy
        self._tell = tell

    @property
    def tokenizer_name(self) -> str:
        """Part of the key under which the harness caches rendered chats."""
        return "ludens"

    def chat_template(self, chat_template: bool | str = False) -> str:
        """What the harness records as the template; the real one is the language model's."""
        return "the language model's own"

    def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """A chat as one text from which its messages can be had back; an assistant's at its end begins the reply."""
        return CHAT + json.dumps(chat_history, ensure_ascii=False)

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        """Replies, each cut before the first of its stop texts."""
        asked = [(str(request.args[0]), dict(request.args[1] or {})) for request in requests]
        replies: dict[int, str] = {}
        groups: dict[Sampling, list[int]] = {}
        for place, (_, how) in enumerate(asked):
            groups.setdefault(self._sampling(how), []).append(place)
        with _Count(len(asked), "replies", self._tell, quiet=disable_tqdm) as count:
            for sampling, places in groups.items():
                for start in range(0, len(places), self._batch):
                    some = places[start : start + self._batch]
                    decisions = self._answer([opening(asked[place][0])[0] for place in some], sampling)
                    for place, decision in zip(some, decisions, strict=True):
                        begun = opening(asked[place][0])[1].strip()
                        replies[place] = cut(decision.reply.removeprefix(begun), asked[place][1].get("until"))
                        self.cache_hook.add_partial("generate_until", requests[place].args, replies[place])
                    count(len(some))
        return [replies[place] for place in range(len(asked))]

    def loglikelihood(self, requests: list[Any], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """Log-likelihood in nats of each continuation, and whether greedy decoding would say it."""
        found: dict[int, tuple[float, bool]] = {}
        groups: dict[str, list[int]] = {}
        for place, request in enumerate(requests):
            groups.setdefault(str(request.args[0]), []).append(place)
        with _Count(len(requests), "likelihoods", self._tell, quiet=disable_tqdm) as count:
            for context, places in groups.items():
                likelihoods = self._likelihoods(context, [str(requests[place].args[1]) for place in places])
                for place, likelihood in zip(places, likelihoods, strict=True):
                    found[place] = likelihood
                    self.cache_hook.add_partial("loglikelihood", requests[place].args, likelihood)
                count(len(places))
        return [found[place] for place in range(len(requests))]

    def loglikelihood_rolling(self, requests: list[Any], disable_tqdm: bool = False) -> list[float]:
        """Not offered: a chat model has no likelihood of a text without a prompt.

        Raises:
            UserError: always.
        """
        raise UserError("Tasks that measure perplexity cannot be run with Ludens; choose tasks with a prompt.")

    def _answer(self, transcripts: Sequence[Sequence[Message]], sampling: Sampling) -> list[Decision]:
        if self._agent is None:
            return reply_bare_batch(self._model, transcripts, sampling)
        return self._agent.act_batch(transcripts, sampling)

    def _likelihoods(self, context: str, continuations: Sequence[str]) -> list[tuple[float, bool]]:
        """All continuations of one context at once, as scores of different calls round differently."""
        transcript, begun = opening(context)
        # A reply begins without a blank; the harness's stands between a prompt and its continuation in one text.
        texts = [f"{begun}{text}" if begun else text.lstrip() or text for text in continuations]
        asked = sorted({text for text in (begun, *texts) if text})
        scores = (
            {"": 0.0, **dict(zip(asked, self._model.score(transcript, asked), strict=True))} if asked else {"": 0.0}
        )
        said = self._said(transcript, texts) if self._greedy else ""
        return [(scores[text] - scores[begun], begins(said, text)) for text in texts]

    def _said(self, transcript: Sequence[Message], texts: Sequence[str]) -> str:
        most = max(4, *(len(text.encode()) for text in texts))  # no token is shorter than a byte
        return self._model.complete(transcript, None, Sampling(max_tokens=most, seed=self._seed)).text.lstrip()

    def _sampling(self, how: Mapping[str, Any]) -> Sampling:
        warmth = float(how.get("temperature") or 0.0)
        sampled = how.get("do_sample")
        if sampled is None:
            sampled = warmth > 0
        limits = [int(how[name]) for name in _TOKENS if how.get(name) is not None]
        return Sampling(
            max_tokens=limits[0] if limits else DEFAULT_TOKENS,
            temperature=(warmth or 1.0) if sampled else 0.0,
            seed=self._seed,
        )


@register_model("ludens-bare")
class BareLM(LudensLM):
    """The language model alone, asked the same way."""

    bare = True


class _Count:
    """Progress: the caller's, or the harness's own kind of bar."""

    def __init__(self, total: int, noun: str, tell: Tell | None, *, quiet: bool) -> None:
        self._tell, self._total, self._done = tell, total, 0
        self._bar = tqdm(total=total, desc=noun, disable=quiet or tell is not None)

    def __call__(self, count: int) -> None:
        self._done += count
        self._bar.update(count)
        if self._tell is not None:
            self._tell(self._done, self._total)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.close()


def opening(context: str) -> tuple[list[Message], str]:
    """A context of the harness as a chat, and how the reply to it was begun ("" in most tasks).

    A plain text is one message of the user.
    """
    if not context.startswith(CHAT):
        return [Message(role="user", content=context)], ""
    chat = [Message(role=each["role"], content=each["content"]) for each in json.loads(context.removeprefix(CHAT))]
    if chat and chat[-1].role == "assistant":
        return chat[:-1], chat[-1].content
    return chat, ""


def as_they_are(documents: Any) -> Any:
    """The documents of a task, unchanged.

    As `process_docs: !function ludens.evaluation.lm_eval_model.as_they_are` in a task's YAML that is given to plain
    `lm_eval` by its path, it has this module imported before the harness looks for the model.
    """
    return documents


def cut(reply: str, until: Sequence[str] | str | None) -> str:
    """A reply up to the first of its stop texts."""
    stops = [until] if isinstance(until, str) else list(until or ())
    places = [place for stop in stops if stop and (place := reply.find(stop)) >= 0]
    return reply[: min(places)] if places else reply


def begins(said: str, text: str) -> bool:
    """Whether a greedy reply begins with a text, and not with a longer word that begins like it."""
    rest = said.removeprefix(text)
    return bool(text) and said.startswith(text) and not (rest[:1].isalnum() and text[-1].isalnum())


def _number(batch: object) -> int:
    return int(batch) if isinstance(batch, int | str) and str(batch).isdigit() and int(batch) > 0 else _BATCH
