"""Drawing instances of word guessing: plain, with clue, with critic."""

import random

from games.lexicon import clues, hidden_words, thirds
from games.protocol.drafting import Draft
from games.protocol.forms import Move, Slot, SlotKind
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.template import fill
from games.splits import Split, deal, split_of
from games.wordle.marks import LAYOUTS, MARKS, VOCABULARIES, mark, write_marks
from games.wordle.rules import WordleClueInstance, WordleInstance

SAMPLES = (("brain", "crane"), ("robin", "broom"), ("lemon", "elbow"), ("sheep", "spell"), ("honor", "robot"))
"""Pairs of hidden word and guess for samples of feedback; none of them is ever hidden in a game."""

_SHOWN = {word for pair in SAMPLES for word in pair} | {"igloo"}
_AGREEMENTS = (("yes", "no"), ("yes", "no"), ("agree", "disagree"), ("I agree", "I disagree"), ("true", "false"))
_NO_HISTORY = ("none yet", "(this is the first round)", "nothing so far")

_EXPLANATION = SlotSpec(
    name="explanation",
    labels=("explanation", "reason", "thoughts", "why", "rationale"),
    slot=Slot(meaning="a short reason, on one line"),
)
_GUESS = SlotSpec(
    name="guess", labels=("guess", "word", "answer", "my guess", "attempt"), slot=Slot(meaning="a five-letter word")
)


def _guess_kind(explained: bool) -> MoveKind:
    return MoveKind(
        name="guess", verbs=("guess",), purpose="to guess", slots=(_EXPLANATION, _GUESS) if explained else (_GUESS,)
    )


def _verdict_kind(choices: tuple[str, str]) -> MoveKind:
    agreement = SlotSpec(
        name="agreement",
        labels=("agreement", "verdict", "opinion", "agree"),
        slot=Slot(kind=SlotKind.CHOICE, meaning=f'either "{choices[0]}" or "{choices[1]}"', choices=choices),
    )
    return MoveKind(name="verdict", verbs=("verdict",), purpose="to comment", slots=(_EXPLANATION, agreement))


def _draw_words(rng: random.Random) -> dict[str, str]:
    layout = rng.choice(sorted(LAYOUTS))
    single = [name for name, marks in VOCABULARIES.items() if all(len(own) == 1 for own in marks)]
    name = rng.choice(sorted(single if layout in ("compact", "rows") else VOCABULARIES))
    return {"layout": layout, "vocabulary": name, **dict(zip(MARKS, VOCABULARIES[name], strict=True))}


def _targets(split: Split, words: dict[str, str] | None = None) -> list[str]:
    pool = words if words is not None else hidden_words()
    return [word for word in pool if split_of(word) == split and word not in _SHOWN]


class _Table:
    """What the prompts of one instance need: legend, sample, examples."""

    def __init__(self, rng: random.Random, draft: Draft) -> None:
        self.draft = draft
        self.words = _draw_words(rng)
        self.hidden, self.said = rng.choice(SAMPLES)
        shown = write_marks(self.said, mark(self.said, self.hidden), self.words)
        legend = draft.says["legend"]
        legend = "\n" + legend if legend.startswith("-") else legend
        sample = draft.says["sample"]
        self.values = {
            "legend": legend.format(**{own: self.words[own] for own in MARKS}),
            "sample": fill(sample, hidden=self.hidden, guess=self.said, feedback=shown),
            "feedback_shown": shown,
        }

    def move(self, word: str, reason: str) -> Move:
        """A guess for an example, with a reason where the form has one."""
        fields = {"guess": word}
        if "explanation" in self.draft.forms["guess"].slots:
            fields["explanation"] = reason
        return Move(name="guess", fields=fields)

    def feedback(self) -> str:
        """The first guess of the example, judged."""
        shown = self.values["feedback_shown"]
        return fill(self.draft.says["feedback"], guess=self.said, left=5, guesses="guesses", feedback=shown)

    def example(self) -> str:
        """An example of two guesses."""
        return self.draft.example(
            [
                ("you", self.move(self.said, "five letters and several vowels or frequent consonants")),
                ("game", self.feedback()),
                ("...", ""),
                ("you", self.move(self.hidden, "all marks so far agree with it")),
            ],
            share=0.4,
        )


def _values(draft: Draft, instance: type[WordleInstance], **extra: str) -> dict[str, object]:
    fields = instance.model_fields
    retries, guesses = fields["unknown_retries"].default, fields["max_guesses"].default
    unknown = fill(draft.says["unknown"], retries=retries)
    return {"guesses": guesses, "unknown": unknown, "clue_rule": "", "critic_rule": "", **extra}


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws a plain instance."""
    target = deal(thirds(_targets(split))[level], seed=seed, index=index)
    draft = Draft(rng, "games.wordle", {"guesser": [_guess_kind(rng.random() < 0.5)]}, split=split)
    table = _Table(rng, draft)
    draft.prompt("guesser", **_values(draft, WordleInstance), **table.values, example=table.example())
    protocol = draft.finish(words=table.words)
    return WordleInstance(game_id=index, protocol=protocol, target=target).model_dump(mode="json")


def draw_clue_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws an instance with a clue."""
    target = deal(thirds(_targets(split, clues()))[level], seed=seed, index=index)
    draft = Draft(rng, "games.wordle", {"guesser": [_guess_kind(rng.random() < 0.5)]}, split=split)
    table = _Table(rng, draft)
    values = _values(draft, WordleClueInstance, clue_rule=draft.says["clue_rule"])
    draft.prompt("guesser", **values, **table.values, example=table.example())
    protocol = draft.finish(words=table.words)
    instance = WordleClueInstance(game_id=index, protocol=protocol, target=target, clue=clues()[target])
    return instance.model_dump(mode="json")


def draw_critic_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws an instance with a clue and a critic."""
    target = deal(thirds(_targets(split, clues()))[level], seed=seed, index=index)
    choices, no_history = rng.choice(_AGREEMENTS), rng.choice(_NO_HISTORY)
    draft = Draft(
        rng,
        "games.wordle",
        {"guesser": [_guess_kind(rng.random() < 0.7)], "critic": [_verdict_kind(choices)]},
        split=split,
    )
    table = _Table(rng, draft)
    values = _values(
        draft,
        WordleClueInstance,
        clue_rule=draft.says["clue_rule"],
        critic_rule=draft.says["critic_rule"],
    )
    draft.prompt("guesser", **values, **table.values, example=table.example())
    asked = {
        "clue": "a round home in the far north",
        "guess": "igloo",
        "reason": "people live in it",
        "history": no_history,
    }
    verdict = Move(
        name="verdict", fields={"explanation": "it is cold and round, which suits the clue", "agreement": choices[0]}
    )
    draft.prompt(
        "critic",
        **values,
        **table.values,
        yes=choices[0],
        no=choices[1],
        example=draft.example(
            [("game", fill(draft.says["ask_critic"], **asked)), ("you", verdict)],
            share=0.4,
        ),
    )
    words = table.words | {"yes": choices[0], "no": choices[1], "no_history": no_history}
    instance = WordleClueInstance(
        game_id=index, protocol=draft.finish(words=words), target=target, clue=clues()[target]
    )
    return instance.model_dump(mode="json")
