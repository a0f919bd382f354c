"""The rules of word guessing with letter feedback."""

import math
from typing import ClassVar

from pydantic import Field

from games.instances import Instance
from games.lexicon import guessable, hidden_words
from games.practice import PracticeMaster, RuleBroken
from games.protocol.forms import Move
from games.wordle.marks import Mark, consistent, mark, write_marks

LEVELS = ("common", "familiar", "rare")
SPEED = {1: 100.0, 2: 100.0, 3: 100.0, 4: 50.0, 5: 30.0, 6: 20.0}
"""What the word is worth by the number of the guess that found it, without a clue."""
_ELIMINATION = 0.5
"""Reward of a guess after which the word is certain; others get the share of it that they ruled out, by halvings."""


class WordleInstance(Instance):
    """One word to guess."""

    target: str = Field(pattern=r"^[a-z]{5}$")
    """The hidden word."""
    max_guesses: int = Field(default=6, ge=1, le=6)
    """Guesses allowed."""
    unknown_retries: int = Field(default=3, ge=0, le=20)
    """How often in a row a guess that is no known word is sent back."""


class WordleClueInstance(WordleInstance):
    """One word to guess, with a clue."""

    clue: str = Field(min_length=1)
    """What the guesser is told about it."""


def score(guesses: int, won: bool, *, clue: bool = False) -> float:
    """What a game of so many guesses is worth, 0 to 100.

    Without a clue 100 up to the third guess, then 50, 30, 20; with a clue (and
    with a critic) 100 divided by the number of guesses, rounded to two digits.
    Both as clembench's wordle, wordle_withclue and wordle_withcritic score.
    """
    if not won:
        return 0.0
    return round(100 / guesses, 2) if clue else SPEED[guesses]


def judge_word(text: str) -> str:
    """The guessed word in lower case.

    Raises:
        RuleBroken: it is not one word of five letters.
    """
    word = text.strip().strip("\"'.").casefold()
    if not (word.isascii() and word.isalpha()):
        raise RuleBroken("guess.letters", "a guess is one word made of letters only")
    if len(word) != 5:
        raise RuleBroken("guess.length", f"a guess has five letters, '{word}' has {len(word)}")
    return word


class WordleMaster(PracticeMaster):
    """Marks guesses."""

    instance_type = WordleInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("guesser",)
    has_clue: ClassVar[bool] = False
    """True when a clue comes with the word, so that every guess counts from the first."""

    def prepare(self) -> None:
        """The guesser begins."""
        self.history: list[tuple[str, tuple[Mark, ...]]] = []
        self.consistent_guesses = 0
        self.candidates = list(dict.fromkeys((*hidden_words(), self.instance.target)))
        self.begin()

    def begin(self) -> None:
        """Asks for the first guess."""
        self.tell("guesser", "begin")

    def allowed(self, role: str) -> tuple[str, ...]:
        """Guesses only."""
        return ("guess",)

    def play(self, role: str, move: Move) -> None:
        """Marks a guess."""
        self.commit(self.word_of(move))

    def word_of(self, move: Move) -> str:
        """The guessed word, when it is one that may be guessed.

        Raises:
            RuleBroken: it is not.
        """
        try:
            word = judge_word(move["guess"])
        except RuleBroken as broken:
            if self.protocol.strictness.retries:
                broken.consequence, broken.retries = "retry", self.protocol.strictness.retries
            raise
        if word not in guessable():
            raise RuleBroken(
                "guess.unknown_word",
                f"'{word}' is not in the word list",
                consequence="retry",
                retries=self.instance.unknown_retries,
            )
        return word

    def commit(self, word: str) -> None:
        """Applies a final guess."""
        marks = mark(word, self.instance.target)
        fits = consistent(word, self.history)
        self.consistent_guesses += fits
        self._reward_guess(word, marks, fits)
        self.history.append((word, marks))
        left = self.instance.max_guesses - len(self.history)
        if word == self.instance.target:
            self.win()
        elif not left:
            self.lose("guesses.used_up")
        else:
            self.tell(
                "guesser",
                "feedback",
                guess=word,
                left=left,
                guesses="guess" if left == 1 else "guesses",
                feedback=write_marks(word, marks, self.protocol.words),
            )

    def _reward_guess(self, word: str, marks: tuple[Mark, ...], fits: bool) -> None:
        if word == self.instance.target:
            worth = score(len(self.history) + 1, True, clue=self.has_clue)
            self.reward("guesser", worth / 100, "guessed")
            return
        before = self.candidates
        self.candidates = [own for own in before if own == self.instance.target or mark(word, own) == marks]
        learnt = math.log(len(before) / len(self.candidates)) / math.log(len(hidden_words()) + 1)
        self.reward("guesser", _ELIMINATION * learnt, "words eliminated")
        if not fits:
            self.reward("guesser", -0.1, "contradicts feedback")

    def metrics(self) -> dict[str, float]:
        """The score, speed and consistency."""
        won = self._ended.get("outcome") == "won"
        guesses = [word for word, _ in self.history]
        return {
            "score": score(len(guesses), won, clue=self.has_clue),
            "Guesses": len(guesses),
            "Speed": round(100 / len(guesses), 2) if won else 0.0,
            "Repeated Guesses": len(guesses) - len(set(guesses)),
            "Consistent Guesses": round(self.consistent_guesses / max(1, len(guesses)), 4),
        }

    def write_guess(self, word: str) -> str:
        """A guess in this instance's form."""
        fields = {"guess": word}
        if "explanation" in self.protocol.forms["guess"].slots:
            fields["explanation"] = "it agrees with everything known so far"
        return self.protocol.render(Move(name="guess", fields=fields))

    def expert(self, role: str) -> str:
        """The word itself at the last guess that is worth 100; before it, guesses that fit the feedback."""
        if self.has_clue or len(self.history) >= 2:
            return self.write_guess(self.instance.target)
        return self.write_guess(self.candidates[0])

    def demonstrate(self, role: str) -> str:
        """The most frequent word that fits the feedback; with a clue, the word that the clue is about."""
        return self.expert(role) if self.has_clue else self.write_guess(self.candidates[0])

    def blunders(self, role: str) -> dict[str, str]:
        """Guesses that are no word, too long or unknown, and broken forms."""
        good = Move(
            name="guess", fields=self.protocol.forms["guess"].read(self.write_guess(self.instance.target)) or {}
        )
        return {
            "guess.letters": self.write_guess("no idea"),
            "guess.length": self.write_guess("banana"),
            "guess.unknown_word": self.write_guess("zzyzx"),
        } | self.form_blunders(role, good)


class WordleClueMaster(WordleMaster):
    """Marks guesses at a word with a clue."""

    instance_type = WordleClueInstance
    instance: WordleClueInstance
    has_clue = True

    def begin(self) -> None:
        """Gives the clue."""
        self.tell("guesser", "begin_clue", clue=self.instance.clue)


class WordleCriticMaster(WordleClueMaster):
    """Lets a critic comment on each guess before it counts."""

    roles: ClassVar[tuple[str, ...]] = ("guesser", "critic")

    def prepare(self) -> None:
        """The guesser begins with a proposal."""
        super().prepare()
        self.stage = "propose"  # then "comment", then "decide"
        self.proposal = ""
        self.agreed = 0
        self.changed = 0

    def allowed(self, role: str) -> tuple[str, ...]:
        """Guesses for the guesser, verdicts for the critic."""
        return ("guess",) if role == "guesser" else ("verdict",)

    def play(self, role: str, move: Move) -> None:
        """Takes a proposal, a verdict or a decision."""
        if role == "critic":
            self._comment(move)
        elif self.stage == "propose":
            self.proposal = self.word_of(move)
            self.stage = "comment"
            self.tell(
                "critic",
                "ask_critic",
                clue=self.instance.clue,
                guess=self.proposal,
                reason=move.fields.get("explanation", "(none given)"),
                history=self._history(),
            )
        else:
            word = self.word_of(move)
            self.changed += word != self.proposal
            self.stage = "propose"
            self.commit(word)

    def _comment(self, move: Move) -> None:
        agrees = move["agreement"] == self.protocol.words["yes"]
        right = agrees == consistent(self.proposal, self.history)
        self.agreed += agrees
        self.reward("critic", 0.1 if right else -0.1, "sound verdict" if right else "verdict against the feedback")
        self.stage = "decide"
        self.tell(
            "guesser", "critic_says", guess=self.proposal, agreement=move["agreement"], explanation=move["explanation"]
        )

    def _history(self) -> str:
        if not self.history:
            return self.protocol.words["no_history"]
        return "\n".join(write_marks(word, marks, self.protocol.words) for word, marks in self.history)

    def _should_pass_turn(self) -> bool:
        return not self._again and self.stage != "propose"

    def round_over(self) -> bool:
        """A round ends with the decision."""
        return self.stage == "propose"

    def metrics(self) -> dict[str, float]:
        """The score, and how often the critic agreed and the guesser changed."""
        rounds = max(1, len(self.history))
        return super().metrics() | {
            "Agreement": round(self.agreed / rounds, 4),
            "Changed Guesses": round(self.changed / rounds, 4),
        }

    def expert(self, role: str) -> str:
        """The guesser keeps its proposal; the critic agrees with what fits."""
        if role == "critic":
            fits = consistent(self.proposal, self.history)
            word = self.protocol.words["yes" if fits else "no"]
            reason = "the guess fits the marks so far" if fits else "the guess contradicts the marks"
            return self.protocol.render(Move(name="verdict", fields={"agreement": word, "explanation": reason}))
        return self.write_guess(self.proposal) if self.stage == "decide" else super().expert(role)

    def blunders(self, role: str) -> dict[str, str]:
        """The guesser's, and broken verdicts."""
        if role == "guesser":
            return super().blunders(role)
        fields = {"agreement": self.protocol.words["yes"], "explanation": "because"}
        return self.form_blunders(role, Move(name="verdict", fields=fields))


MASTERS: dict[str, type[WordleMaster]] = {
    "ludens_wordle": WordleMaster,
    "ludens_wordle_clue": WordleClueMaster,
    "ludens_wordle_critic": WordleCriticMaster,
}
"""Game name to master."""
