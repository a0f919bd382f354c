"""The rules of taboo: what a clue may not contain, when it is won, what it is worth."""

import re
from typing import ClassVar

from pydantic import Field

from games.instances import Instance
from games.lexicon import stem
from games.practice import PracticeMaster, RuleBroken
from games.protocol.forms import Move

LEVELS = ("common", "familiar", "rare")


class TabooInstance(Instance):
    """One word to describe."""

    target: str = Field(pattern=r"^[a-z]+$")
    """The word."""
    related: tuple[str, ...] = Field(min_length=1)
    """Words that the describer may not use either."""
    clue: str = Field(min_length=1)
    """A clue that an expert gives."""
    max_turns: int = Field(ge=1, le=20)
    """Guesses allowed."""


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case; hyphens and apostrophes part words."""
    return re.findall(r"[^\W\d_]+", text.casefold())


_ENDINGS = ("s", "es", "d", "ed", "er", "ers", "ing", "ish", "less", "ful")


def is_form_of(word: str, base: str) -> bool:
    """True when one word is an inflected or simply derived form of the other."""
    if stem(word) == stem(base):
        return True
    endings = _ENDINGS if len(base) > 3 else _ENDINGS[:2]
    return any(word == base + ending for ending in endings)


def forbidden_use(clue: str, target: str, related: tuple[str, ...]) -> tuple[str, str, str] | None:
    """The first forbidden word in a clue, as (rule, word of the clue, forbidden word)."""
    rules = [("clue.target_word", target), *(("clue.related_word", word) for word in related)]
    for word in words_of(clue):
        for rule, forbidden in rules:
            if is_form_of(word, forbidden):
                return rule, word, forbidden
    return None


def score(turns: int, won: bool) -> float:
    """100 for a first guess, 50 for a second, and so on."""
    return 100.0 / turns if won else 0.0


class TabooMaster(PracticeMaster):
    """Passes clues and guesses between the players."""

    instance_type = TabooInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("describer", "guesser")
    instance: TabooInstance

    def prepare(self) -> None:
        """The describer begins."""
        self.turns = 0
        self.guesses: list[str] = []
        self.clues: list[str] = []
        self.tell("describer", "begin")

    def allowed(self, role: str) -> tuple[str, ...]:
        """Clues for the describer, guesses for the guesser."""
        return ("clue",) if role == "describer" else ("guess",)

    def play(self, role: str, move: Move) -> None:
        """Judges a clue or a guess."""
        if role == "describer":
            self._clue(move["clue"])
        else:
            self._guess(move["guess"])

    def _clue(self, clue: str) -> None:
        use = forbidden_use(clue, self.instance.target, self.instance.related)
        if use:
            rule, word, forbidden = use
            raise RuleBroken(rule, f"'{word}' is a form of '{forbidden}'", consequence="lose")
        said = " ".join(words_of(clue))
        if said in self.clues:
            self.reward("describer", -0.1, "repeated")
        self.clues.append(said)
        left = self.instance.max_turns - self.turns
        self.tell("guesser", "clue", clue=clue, left=left, tries="try" if left == 1 else "tries")

    def _guess(self, text: str) -> None:
        words = words_of(text)
        if len(words) != 1:
            raise RuleBroken(
                "guess.one_word",
                "a guess is exactly one word",
                consequence="retry",
                retries=self.protocol.strictness.retries,
            )
        self.turns += 1
        guess = words[0]
        new = guess not in self.guesses
        self.guesses.append(guess)
        if guess == self.instance.target:
            for role in self.roles:
                self.reward(role, score(self.turns, True) / 100, "guessed")
            self.win()
        elif self.turns >= self.instance.max_turns:
            self.lose("turns.used_up")
        else:
            self.reward("guesser", 0.0 if new else -0.1, "wrong" if new else "repeated")
            left = self.instance.max_turns - self.turns
            self.tell("describer", "wrong", guess=guess, left=left, tries="try" if left == 1 else "tries")

    def metrics(self) -> dict[str, float]:
        """The score, and how long it took."""
        won = self._ended.get("outcome") == "won"
        return {
            "score": score(self.turns, won),
            "Turns": self.turns,
            "Repeated Guesses": len(self.guesses) - len(set(self.guesses)),
        }

    def expert(self, role: str) -> str:
        """The clue of the instance, the target as guess."""
        if role == "describer":
            return self.protocol.render(Move(name="clue", fields={"clue": self.instance.clue}))
        return self.protocol.render(Move(name="guess", fields={"guess": self.instance.target}))

    def blunders(self, role: str) -> dict[str, str]:
        """Forbidden words, guesses of several words, broken forms."""
        if role == "describer":
            found = {
                "clue.target_word": self.protocol.render(
                    Move(name="clue", fields={"clue": f"a couple of {self.instance.target}s"})
                ),
                "clue.related_word": self.protocol.render(
                    Move(name="clue", fields={"clue": f"think of {self.instance.related[0]}"})
                ),
            }
            return found | self.form_blunders(role, Move(name="clue", fields={"clue": "something nice"}))
        many = self.protocol.render(Move(name="guess", fields={"guess": "either this or that"}))
        return {"guess.one_word": many} | self.form_blunders(role, Move(name="guess", fields={"guess": "this"}))
