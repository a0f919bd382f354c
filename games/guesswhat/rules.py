"""The rules of guess what: which questions are fair, when it is won, what it is worth."""

import math
import re
from typing import ClassVar

from pydantic import Field, model_validator

from games.guesswhat.meaning import asked_about, kinds_of, named
from games.instances import Instance
from games.practice import PracticeMaster, RuleBroken
from games.protocol.forms import Move

LEVELS = ("four_kinds", "two_kinds", "one_kind")
_ELIMINATION = 0.2
"""Reward of all questions together once a single candidate is left; each gets its share of it."""

_SPELLING = re.compile(
    r"\b(letters?|syllables?|vowels?|consonants?|spell(ed|ing|s)?|rhymes?|start(s|ing)? with|begin(s|ning)? with|"
    r"end(s|ing)? (with|in)|alphabet(ical|ically)?|noun|verb|adjective|plural|characters? long|how long is the word)\b",
    re.IGNORECASE,
)


class GuessWhatInstance(Instance):
    """One list of words with a target."""

    candidates: tuple[str, ...] = Field(min_length=2)
    """The words, in the order shown."""
    target: str
    """The word to find."""
    max_turns: int = Field(default=8, ge=2, le=50)
    """Questions and guess together."""
    full_score_turn: int = Field(default=5, ge=1, le=50)
    """Up to this turn a right guess is worth 100."""

    @model_validator(mode="after")
    def _possible(self) -> "GuessWhatInstance":
        if self.target not in self.candidates:
            raise ValueError("target must be one of the candidates")
        if len(set(self.candidates)) < len(self.candidates):
            raise ValueError("candidates must differ")
        return self


def score(turn: int, full: int, limit: int) -> float:
    """100 up to a turn, then less with every turn until the limit."""
    return 100.0 if turn <= full else max(0.0, 100.0 * (limit - turn) / (limit - full))


def judge_question(text: str, candidates: tuple[str, ...]) -> None:
    """Refuses unfair questions.

    Raises:
        RuleBroken: about the spelling, more than one question, or a guess in disguise.
    """
    if _SPELLING.search(text):
        raise RuleBroken(
            "question.spelling", "questions about the word itself (letters, length, sound) are not allowed"
        )
    if text.count("?") > 1 or ("?" in text and text.rsplit("?", 1)[1].strip(" .!\"'")):
        raise RuleBroken("question.several", "one question per turn, and nothing after it")
    if len(named(text, candidates)) == 1:
        raise RuleBroken("question.is_a_guess", "a question that names just one of the words is a guess")


def share_eliminated(before: int, after: int, of: int) -> float:
    """How much of all that can be learnt was learnt now, by halvings; over a whole game it adds up to 1 at most.

    Args:
        before: candidates that were possible.
        after: those of them that still are.
        of: candidates at the start of the game.
    """
    return math.log(before / after) / math.log(of) if after and of > 1 else 0.0


class GuessWhatMaster(PracticeMaster):
    """Passes questions and answers between the players."""

    instance_type = GuessWhatInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("guesser", "answerer")

    def prepare(self) -> None:
        """The guesser begins."""
        self.turns = 0
        self.left = list(self.instance.candidates)
        self.asked: list[str] | None = None
        self.tell("guesser", "begin")

    def allowed(self, role: str) -> tuple[str, ...]:
        """Questions and the guess, or answers."""
        return ("question", "guess") if role == "guesser" else ("answer",)

    def play(self, role: str, move: Move) -> None:
        """Takes a question, an answer or the guess."""
        if move.name == "question":
            judge_question(move["question"], self.instance.candidates)
            self.turns += 1
            self.asked = asked_about(move["question"], self.instance.candidates)
            if self.turns >= self.instance.max_turns:
                self.lose("turns.used_up")
            else:
                self.tell("answerer", "question", question=move["question"])
        elif move.name == "answer":
            self._answer(move["answer"])
        else:
            self._guess(move["guess"])

    def _answer(self, answer: str) -> None:
        if self.asked is not None:
            yes = answer == self.protocol.words["yes"]
            left = [word for word in self.left if (word in self.asked) == yes]
            self.reward(
                "guesser",
                _ELIMINATION * share_eliminated(len(self.left), len(left), len(self.instance.candidates)),
                "words eliminated",
            )
            self.reward("answerer", 0.1 if (self.instance.target in self.asked) == yes else -0.5, "truth of the answer")
            self.left = left or self.left  # a wrong answer may have ruled out everything
        left = self.instance.max_turns - self.turns
        self.tell("guesser", "answer", answer=answer, left=left)

    def _guess(self, text: str) -> None:
        self.turns += 1
        words = re.findall(r"[a-z]+", text.casefold())
        if len(words) != 1:
            raise RuleBroken("guess.one_word", "a guess is exactly one word")
        right = words[0] == self.instance.target
        worth = score(self.turns, self.instance.full_score_turn, self.instance.max_turns)
        for role in self.roles:
            self.reward(role, worth / 100 if right else -0.5, "guess")
        if right:
            self.win()
        else:
            self.lose("guess.wrong")

    def metrics(self) -> dict[str, float]:
        """The score by turn."""
        won = self._ended.get("outcome") == "won"
        worth = score(self.turns, self.instance.full_score_turn, self.instance.max_turns) if won else 0.0
        return {"score": round(worth, 4), "Turns": self.turns}

    def expert(self, role: str) -> str:
        """Halves the list by naming words, then guesses; answers truthfully."""
        if role == "answerer":
            word = self.protocol.words["yes" if self.instance.target in (self.asked or ()) else "no"]
            return self.protocol.render(Move(name="answer", fields={"answer": word}))
        if len(self.left) == 1:
            return self.protocol.render(Move(name="guess", fields={"guess": self.left[0]}))
        half = list(self.left[: max(1, len(self.left) // 2)])
        if len(half) == 1:  # naming a single word would be a guess: name one that is out of the question beside it
            half += [word for word in self.instance.candidates if word not in self.left][:1]
        if len(half) == 1:
            return self.protocol.render(Move(name="guess", fields={"guess": self.instance.target}))
        text = f"Is it one of these: {', '.join(half)}?"
        return self.protocol.render(Move(name="question", fields={"question": text}))

    def demonstrate(self, role: str) -> str:
        """Asks which kind of thing it is, as long as there are several; then as the expert does."""
        kinds_left = sorted({kind for word in self.left for kind in kinds_of(word)})
        if role == "answerer" or len(kinds_left) < 2:
            return self.expert(role)
        asked = " or ".join(kinds_left[: len(kinds_left) // 2])
        text = f"Would you call it {asked}?"
        useful = 0 < len(asked_about(text, tuple(self.left)) or ()) < len(self.left)
        return self.protocol.render(Move(name="question", fields={"question": text})) if useful else self.expert(role)

    def blunders(self, role: str) -> dict[str, str]:
        """Unfair questions, guesses of several words, broken forms."""
        if role == "answerer":
            return self.form_blunders(role, Move(name="answer", fields={"answer": self.protocol.words["no"]}))

        def ask(text: str) -> str:
            return self.protocol.render(Move(name="question", fields={"question": text}))

        return {
            "question.spelling": ask("Does the word start with the letter b?"),
            "question.several": ask("Is it big? Is it alive?"),
            "question.is_a_guess": ask(f"Is it the {self.instance.candidates[0]}?"),
            "guess.one_word": self.protocol.render(Move(name="guess", fields={"guess": "this or that"})),
        } | self.form_blunders(role, Move(name="question", fields={"question": "Is it useful?"}))
