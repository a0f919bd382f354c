"""Answer: replying from memory to questions about what we know and what we have told.

Open questions are answered with the field asked for; "does the other know?" with
whether we said it. Knows fields; knows no wording.
"""

import re
from dataclasses import dataclass

from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from memory.events import Source
from memory.meanings import Meanings
from planner.fields import Field, match_question, own_fields, told_fields
from planner.session import Option, Proposal, Session
from planner.slots import verdict_slot

CLOSE_CALL = 0.6
"""Fields whose scores are this close are told together: 99% of 297 questions get what they mean, with 1.2 fields."""

_ABOUT_KNOWING = re.compile(
    r"\b(?:knows?|aware|told|tell|informed?|mention(?:ed)?|shared?|asked\s+the|heard|learn(?:ed|t)|communicated|revealed|disclosed"
    r"|would\s+(?:i|they|he|she)\s+(?:get|know)|by\s+now|already)\b",
    re.IGNORECASE,
)
_TO_THE_ASKER = re.compile(r"\b(?:tell|inform|let|give|show)\s+(?:me|us)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"\b(?:tell|name|give|state|say|describe|share|specify|mention|provide|explain|inform|let\s+\w+\s+know|list|confirm)\b"
    r"|\b(?:i|we)(?:\s+would|\s*[’']d)?\s+(?:like|want|need|wish|have)\s+to\s+(?:know|hear|ask|learn)\b",
    re.IGNORECASE,
)
MOST_TOLD = 3
"""Fields told at once when it is open which of them a question means."""

_FUNCTION_WORDS = frozenset(["from", "to", "by", "for", "with", "at", "in", "on", "of"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The policy for questions about fields that only we know.

    Attributes:
        meanings: words as vectors, to match questions that use other words; None to go by words alone.
    """

    meanings: Meanings | None = None
    name: str = "answer"

    def fits(self, session: Session) -> float:
        """High when we hold fields and the newest message asks something."""
        newest = session.memory.newest(Source.GAME)
        forms = session.rulebook.forms
        if newest is None or not forms or not asks(newest.text):
            return 0.0
        if session.rulebook.letters is not None or session.rulebook.legend is not None:
            return 0.0
        if not all(len(form.slots) == 1 for form in forms) or not own_fields(session.memory, _labels(forms)):
            return 0.0
        return 0.7

    def propose(self, session: Session) -> Proposal:
        """The answer, with what it rests on."""
        newest = session.memory.newest(Source.GAME)
        if newest is None:
            return Proposal(policy=self.name)
        fields = own_fields(session.memory, _labels(session.rulebook.forms))
        question = question_in(newest.text)
        told = told_fields(session.memory.events, fields)
        verdict, form = _verdict_form(session.rulebook.forms), _text_form(session.rulebook.forms)
        about_knowing = _ABOUT_KNOWING.search(question) and not _TO_THE_ASKER.search(question)
        if verdict is not None and (form is None or about_knowing):
            return self._say_whether(question, fields, told, verdict)
        if form is None or not fields:
            return Proposal(policy=self.name)
        index, slot = form
        ranked = match_question(question, fields, self.meanings, told)
        asked = [field for field, score in ranked if ranked[0][1] - score < CLOSE_CALL][:MOST_TOLD]
        return Proposal(
            policy=self.name,
            options=(
                Option(form=index, fills={slot.name: sentence(asked)}, score=ranked[0][1], certain=True),
                *(
                    Option(form=index, fills={slot.name: sentence([field])}, score=score)
                    for field, score in ranked[1:3]
                ),
            ),
        )

    def _say_whether(
        self, question: str, fields: tuple[Field, ...], told: frozenset[str], verdict: tuple[int, Slot, str, str]
    ) -> Proposal:
        index, slot, yes, no = verdict
        field, score = match_question(question, fields, self.meanings)[0]
        known = field.label in told
        reason = f"I have {'' if known else 'not '}told them about {field.label}."
        option = Option(form=index, fills={slot.name: yes if known else no}, score=score, reason=reason, certain=True)
        return Proposal(policy=self.name, options=(option,))


def asks(text: str) -> bool:
    """Whether the end of a message asks for something, as a question or as a request."""
    block = text.strip().split("\n\n")[-1]
    return "?" in block or _REQUEST.search(block.split("\n")[-1]) is not None


def question_in(text: str) -> str:
    """The question or request itself, without the tag before it and the instructions behind it."""
    sentences = [part.strip() for part in re.findall(r"[^?\n]*\?", text)]
    question = sentences[-1] if sentences else text.strip().split("\n")[-1]
    return re.sub(r"^(?:[A-Z][\w-]{0,30}\s*:\s*)+", "", question).strip()


def sentence(fields: list[Field]) -> str:
    """One short sentence that states the fields."""
    parts = [
        f"{field.label} {field.value}" if field.label in _FUNCTION_WORDS else f"the {field.label} is {field.value}"
        for field in fields
    ]
    text = " and ".join(parts)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!")) else ".")


def _labels(forms: tuple[ReplyForm, ...]) -> tuple[str, ...]:
    """Names that belong to the reply forms and not to what we know."""
    names = [slot.name.casefold() for form in forms for slot in form.slots]
    literals = [part.text for form in forms for part in form.parts if isinstance(part, Literal)]
    return (*names, *(word.casefold() for text in literals for word in re.findall(r"[A-Za-z][\w -]*", text)))


def _verdict_form(forms: tuple[ReplyForm, ...]) -> tuple[int, Slot, str, str] | None:
    for index, form in enumerate(forms):
        found = verdict_slot(form)
        if found is not None:
            return (index, *found)
    return None


def _text_form(forms: tuple[ReplyForm, ...]) -> tuple[int, Slot] | None:
    for index, form in enumerate(forms):
        for slot in form.slots:
            if slot.kind in (SlotKind.TEXT, SlotKind.PROSE):
                return index, slot
    return None
