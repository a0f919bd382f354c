"""Inquire: finding out by yes-or-no questions which of some words is meant.

Asks first about meaning, the question that halves best; names some of the words
where no property halves them. Knows properties; knows no game.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from memory.events import Event, Source
from memory.meanings import Meanings, same_family
from planner.attest import named_words
from planner.candidates import Polarity, first_message, listed_words, most_questions, polarity
from planner.kinds import Kinds
from planner.properties import Properties, about, asked_topics
from planner.session import Option, Proposal, Session, believed
from planner.slots import in_voice

_OPEN = (SlotKind.TEXT, SlotKind.PROSE, SlotKind.WORD, SlotKind.CHOICE)
_ASKING = re.compile(r"\bquestion|\bask\b|\bquery|\binquir", re.IGNORECASE)
_GUESSING = re.compile(r"\bguess|\bsolution|\bfinal|\bword\b|\btarget|\bsolve|\bname\b|\banswer", re.IGNORECASE)
_NO_NAMING = re.compile(
    r"\b(?:must\s+not|may\s+not|never|do\s+not|don[’']t|cannot|forbidden\s+to)\s+(?:name|mention|use|contain|say)\s+"
    r"(?:any|one\s+or\s+more|several|words)\b",
    re.IGNORECASE,
)
CLEAR = 0.5
"""Standard deviations that every word must be away from the bar for a question about meaning to be asked."""

BOLDER_YES = 0.6
"""The same, further required of words for which the answer would be yes."""

MOST_PAIRED = 80
"""Topics that are tried in pairs, the clearest first."""

PATIENCE = 20
"""Questions asked where the rules set no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What is known so far.

    Attributes:
        words: the words of which one is meant.
        left: those that break the fewest answers.
        asked: the questions asked.
        limit: how many may be asked.
        naming: whether several words may be named in a question.
    """

    words: tuple[str, ...]
    left: tuple[str, ...]
    asked: tuple[str, ...]
    limit: int
    naming: bool


@dataclass(frozen=True, kw_only=True)
class Inquire:
    """The policy for finding a listed word by questions.

    Attributes:
        meanings: words as vectors; None to name words only.
        kinds: what words are kinds of; None to do without.
    """

    meanings: Meanings | None = None
    kinds: Kinds | None = None
    name: str = "inquire"

    @cached_property
    def properties(self) -> Properties | None:
        """What words have to do with."""
        return Properties(meanings=self.meanings) if self.meanings is not None else None

    def fits(self, session: Session) -> float:
        """High when words are listed and a question is one of the legal replies."""
        first = first_message(session)
        if not re.search(r"\bquestions?\b|\bqueries\b|\bask\b", first, re.IGNORECASE):
            return 0.0
        asks = any(is_for_asking(form) for form in session.rulebook.forms)
        guesses = any(is_for_guessing(form) for form in session.rulebook.forms)
        if not (asks or guesses) or not _asked_yes_or_no(first) or not candidates_of(session):
            return 0.0
        begun = any(event.source is Source.SELF and "?" in event.text for event in session.memory.events)
        return 0.98 if asks else 0.9 * begun

    def propose(self, session: Session) -> Proposal:
        """The guess when one word is left or no question is; else the question that halves best."""
        known = self.inquiry(session)
        beliefs = believed(known.left, [1.0] * len(known.left))
        forms = session.rulebook.forms
        asking = next((index for index, form in enumerate(forms) if is_for_asking(form)), None)
        guessing = next((index for index, form in enumerate(forms) if is_for_guessing(form)), None)
        done = len(known.left) == 1 or len(known.asked) >= known.limit or asking is None
        if guessing is not None and done:
            slot = _slot_of(forms[guessing])
            options = [
                Option(
                    form=guessing, fills={slot.name: word}, score=-place, reason="It fits all answers.", certain=True
                )
                for place, word in enumerate(known.left)
            ]
            return Proposal(policy=self.name, options=tuple(options), beliefs=beliefs)
        if asking is None:
            return Proposal(policy=self.name)
        slot = _slot_of(forms[asking])
        options = [
            Option(form=asking, fills={slot.name: in_voice(session.rulebook, question)}, score=-place, certain=True)
            for place, question in enumerate(self.questions(known))
        ]
        return Proposal(policy=self.name, options=tuple(options), beliefs=beliefs)

    def inquiry(self, session: Session) -> Inquiry:
        """What the questions and answers so far leave."""
        words, first = candidates_of(session), first_message(session)
        said = polarity(session)
        answered = questions_answered(session.memory.events, said)
        broken = [0.0] * len(words)
        for question, yes in answered:
            for place, word in enumerate(words):
                strength = self.strength(question, word, words)
                broken[place] += 1.0 if yes is not None and strength and (strength > 0) != yes else 0.0
        fewest = min(broken)
        return Inquiry(
            words=words,
            left=tuple(word for word, breaks in zip(words, broken, strict=True) if breaks == fewest),
            asked=tuple(question for question, _ in answered),
            limit=most_questions(first) or PATIENCE,
            naming=_NO_NAMING.search(first) is None,
        )

    def strength(self, question: str, word: str, words: Sequence[str]) -> float:
        """How clearly a question is true of a word; negative when it is false, 0 when it cannot be told."""
        named = named_words(question, words)
        if named:
            return 3.0 if word in named else -3.0
        if self.kinds is not None and (known := self.kinds.strength(question, word)):
            return known
        return self.properties.rate(question, word) if self.properties is not None else 0.0

    def questions(self, known: Inquiry) -> list[str]:
        """The questions worth asking, best first."""
        kind = self.kinds.question(known.left, known.asked) if self.kinds is not None else ""
        meant = self._about_meaning(known, most=(len(known.left) + 1) // 2)
        named = [_naming(known)] if known.naming else []
        loose = self._about_meaning(known, most=len(known.left) - 1) if not (meant or named) else ""
        return [question for question in (kind, meant, *named, loose) if question and question not in known.asked]

    def _about_meaning(self, known: Inquiry, most: int) -> str:
        """The clearest question about one topic or two that leaves at most so many words either way; "" for none."""
        if self.properties is None:
            return ""
        said = {topic for question in known.asked for topic in asked_topics(question)}
        topics = [topic for topic in self.properties.topics if topic not in said and not _akin(topic, known.words)]
        single = self.properties.strengths(topics, known.left)
        single = np.where(single > 0, np.maximum(single - BOLDER_YES, 0.01), single)
        yes = single > 0
        useful = np.flatnonzero((yes.sum(axis=1) > 0) & (yes.sum(axis=1) <= most))
        clear = np.abs(single[useful]).min(axis=1) if len(useful) else np.zeros(0)
        best: tuple[float, list[str]] = (CLEAR, [])
        for number, gap in zip(useful.tolist(), clear.tolist(), strict=True):
            count = int(yes[number].sum())
            if len(known.left) - count <= most and gap + SINGLE_BONUS > best[0]:
                best = (gap + SINGLE_BONUS, [topics[number]]) if gap > CLEAR else best
        good = useful[np.argsort(-clear, kind="stable")[:MOST_PAIRED]]
        good = good[np.abs(single[good]).min(axis=1) > max(CLEAR, best[0])]
        for place, number in enumerate(good.tolist()):
            both = np.maximum(single[number], single[good[place + 1 :]])
            counts = (both > 0).sum(axis=1)
            fits = (counts <= most) & (len(known.left) - counts <= most)
            gaps = np.where(fits, np.abs(both).min(axis=1), 0.0)
            if len(gaps) and float(gaps.max()) > best[0]:
                best = (float(gaps.max()), [topics[number], topics[int(good[place + 1 + int(gaps.argmax())])]])
        return about(best[1]) if best[1] else ""


SINGLE_BONUS = 0.4
"""What one topic is worth over two, in standard deviations of clearness."""


def _akin(topic: str, words: Sequence[str]) -> bool:
    """Whether a topic would name or give away one of the words."""
    return any(same_family(topic, part) for word in words for part in word.casefold().split())


def _naming(known: Inquiry) -> str:
    """Whether it is one of half the words left; a word that is out of the question keeps it from being a guess."""
    half = list(known.left[: max(1, len(known.left) // 2)])
    if len(half) == 1:
        half += [word for word in known.words if word not in known.left][:1]
    if len(half) == 1:
        return ""
    return f"Is it one of these: {', '.join(half)}?"


def candidates_of(session: Session) -> tuple[str, ...]:
    """The words of which one is meant: as listed, else as the first message offers them."""
    listed = listed_words(first_message(session))
    if listed:
        return listed
    first = next((event for event in session.memory.events if event.source is Source.GAME), None)
    return first.options if first is not None and len(first.options) > 3 else ()


def questions_answered(events: Sequence[Event], said: Polarity) -> list[tuple[str, bool | None]]:
    """Every question that this player asked, with its answer; None where none was understood."""
    found: list[tuple[str, bool | None]] = []
    waiting = ""
    for event in events:
        if event.source is Source.SELF:
            waiting = next((value for _, value in event.fills if value.rstrip().endswith("?")), "")
        elif waiting:
            answer = said.read(event.text)
            found.append((waiting, answer))
            waiting = ""
    return found


def _words_of(form: ReplyForm) -> str:
    fixed = " ".join(part.text for part in form.parts if isinstance(part, Literal))
    named = " ".join(slot.name for slot in form.slots)
    return re.sub(r"[_/<>{}\[\]\"]", " ", f"{named} {fixed} {form.purpose}")


def is_for_asking(form: ReplyForm) -> bool:
    """Whether a form takes a question."""
    texts = (SlotKind.TEXT, SlotKind.PROSE)
    return any(slot.kind in texts for slot in form.slots) and _ASKING.search(_words_of(form)) is not None


def is_for_guessing(form: ReplyForm) -> bool:
    """Whether a form takes a guess."""
    open_slot = any(slot.kind in _OPEN for slot in form.slots)
    return open_slot and not is_for_asking(form) and _GUESSING.search(_words_of(form)) is not None


def _slot_of(form: ReplyForm) -> Slot:
    return next(slot for slot in form.slots if slot.kind in _OPEN)


def _asked_yes_or_no(text: str) -> bool:
    return re.search(r"\byes\b|\bno\b|\btrue\b|\bfalse\b|\bcorrect\b|\bwrong\b|\bincorrect\b", text, re.I) is not None
