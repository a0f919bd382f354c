"""Attest: answering yes-or-no questions about a word that one has in mind.

Rates by the same criterion as the one who asks (`planner.properties`); named words
are answered exactly. Knows no game.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from memory.events import Source
from memory.meanings import Meanings
from planner.candidates import first_message, listed_words, polar_replies
from planner.kinds import Kinds
from planner.properties import Properties
from planner.session import Option, Proposal, Ranker, Session

_W = r"[A-Za-z][A-Za-z'’-]{0,28}"
_NOUN = r"(?:word|item|thing|object|concept)"
_TARGET = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:target|secret|your|the|hidden|chosen)\s+(?:\w+\s+)?{_NOUN}(?:\s+is)?[*_]{{0,2}}\s*:[*_]{{0,2}}\s*\n?[\"“*_]{{0,3}}(?P<word>{_W})",
        rf"\b{_NOUN}(?:\s+is)?[*_]{{0,2}}\s*:[*_]{{0,2}}\s*[\"“*_]{{0,3}}(?P<word>{_W})",
        rf"\b(?:{_NOUN}|it\s+was|it\s+is|mind)\s*[:,]?\s+[\"“](?P<word>{_W})[\"”]",
        rf"\b(?:word|target|secret)\s*\n\s*(?P<word>{_W})\s*(?:\n|$)",
        rf"\b(?:word|secret|target)\s+is\s+[\"“]?(?P<word>{_W})[\"”]?(?=\s*[.!\n]|$)",
    )
)
_POLAR = re.compile(r"(?:yes|no|true|false|correct|incorrect|right|wrong|i|agree|disagree)$", re.IGNORECASE)
_SUPPOSED = re.compile(r"\bsuppose|\bexample|\billustrat|\bfor\s+instance|\be\.g", re.IGNORECASE)
_ONE_OF = re.compile(
    r"\b(?:one|any)\s+of\b[^?]*(?:,|\bor\b|\band\b)|\bamong\s+(?:these|the\s+following)\b", re.IGNORECASE
)
_QUESTION = re.compile(r"[^?\n]*\?")
SURE = 0.25
"""Standard deviations beyond the bar that need no second opinion."""


def target_word(text: str) -> str:
    """The word to be answered about, as the rules give it; "" when they give none."""
    for pattern in _TARGET:
        for match in pattern.finditer(text):
            shown = _SUPPOSED.search(text[max(0, match.start() - 40) : match.start()])
            if not shown and not _POLAR.match(match["word"]):
                return match["word"].strip(" \"'”")
    return ""


def named_words(question: str, words: Sequence[str]) -> list[str]:
    """Which of some words a question names."""
    text = question.casefold()
    return [word for word in words if re.search(rf"(?<!\w){re.escape(word.casefold())}(?:e?s)?(?!\w)", text)]


@dataclass(frozen=True, kw_only=True)
class Attest:
    """The policy for answering yes-or-no questions about a word.

    Attributes:
        meanings: words as vectors; None to leave meaning to the model.
        ranker: the language model as a judge, where meanings say nothing; None to do without.
        kinds: what words are kinds of; None to do without.
    """

    meanings: Meanings | None = None
    ranker: Ranker | None = None
    kinds: Kinds | None = None
    name: str = "attest"

    @cached_property
    def properties(self) -> Properties | None:
        """What words have to do with."""
        return Properties(meanings=self.meanings) if self.meanings is not None else None

    def fits(self, session: Session) -> float:
        """High when a yes or no is asked for, a word is in mind, and a question was put."""
        first = first_message(session)
        if polar_replies(session) is None or not target_word(first) or len(listed_words(first)) > 3:
            return 0.0
        asking = re.search(r"\bquestions?\b|\bask(?:s|ed|ing)?\b", first, re.IGNORECASE)
        return 0.98 if asking and self._question(session) else 0.0

    def propose(self, session: Session) -> Proposal:
        """The true answer."""
        replies = polar_replies(session)
        question = self._question(session)
        if replies is None or not question:
            return Proposal(policy=self.name)
        strength = self.strength(question, target_word(first_message(session)))
        ordered = replies if strength > 0 else replies[::-1]
        sure = abs(strength) > SURE
        options = [
            Option(form=index, fills=fills, score=1.0 - place, certain=sure and not place)
            for place, (index, fills) in enumerate(ordered)
        ]
        return Proposal(policy=self.name, options=tuple(options))

    def strength(self, question: str, target: str) -> float:
        """How clearly a question is true of the word; negative when it is false."""
        if named_words(question, [target]):
            return 3.0
        if _ONE_OF.search(question) is not None:
            return -3.0
        if self.kinds is not None and (known := self.kinds.strength(question, target)):
            return known
        if self.properties is not None:
            return self.properties.rate(question, target) or -0.1
        if self.ranker is not None:
            yes, no = self.ranker.rank(f'The word is "{target}". {question} Answer yes or no.', ["Yes", "No"])
            return 0.1 if yes > no else -0.1
        return -0.1

    @staticmethod
    def _question(session: Session) -> str:
        """The newest question put to this player."""
        newest = session.memory.newest(Source.GAME)
        found = _QUESTION.findall(newest.text) if newest is not None else []
        return re.sub(r"^[^:?\n]{0,40}:\s+[\"“]?(?=[A-Z])", "", found[-1].strip()) if found else ""
