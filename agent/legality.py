"""What may be said this turn: a constraint for each option of the planner, and one without a plan.

Brings together what was read, what was said before and which words are real.
Pure; knows no language model.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from agent.furnishing import furnished, laid_out
from agent.utterance import Exchange, exchanges, opening
from constraints.forms import SlotKind
from constraints.moment import Moment
from constraints.resolving import hints, placeholder_marks
from constraints.rulebook import Rulebook
from constraints.turn import TurnConstraint, constrain
from constraints.vocabulary import vocabulary
from memory.barred import barred
from memory.events import Source
from memory.lexicon import english, frequent_words
from memory.store import Memory
from planner.session import Option, Proposal, Session
from planner.slots import explanation_slot
from planner.wordgame import read_situation

VOCABULARY = 1_500
"""Real words of a length that a model may choose from without a plan: rarer ones are more and more often none."""

HINTS = 3_000
"""Real words that a model may choose a hint from without a plan."""

COMMONEST = 120
"""The commonest words of all, which mean too little to hint at anything."""

LONGEST_HINT = 12
"""Letters of the longest of them."""

NO_REASON = "I am sure."
"""What fills the room for reasoning before a planned reply that came without a reason: nothing need be drafted."""

READ_CHARACTERS = 20_000
"""Beginning of a message that is searched for foreign letters."""

_FORM = re.compile(
    r"\b(?:forms?|format\w*|template|tags?|tagged|unreadable|not\s+(?:be\s+)?(?:read|parsed?|understood)|parse[sd]?"
    r"|start(?:s|ing)?\s+with|begin(?:s|ning)?\s+with|prefix)\b",
    re.I,
)
_COMPLAINT = re.compile(
    r"\b(?:sorry|wrong|invalid|incorrect|missing|not|n[o']t|cannot|unable|try\s+again|once\s+more|again|fail\w*|error)\b",
    re.I,
)


def constraints_of(
    session: Session, proposal: Proposal, *, options: int, text_tokens: int, reply_tokens: int
) -> list[TurnConstraint]:
    """What may be said, one constraint per option, best first; last, without a plan.

    Args:
        session: what is understood and remembered.
        proposal: what the planner thinks worth saying.
        options: most options looked at.
        text_tokens: most tokens of free text within a form.
        reply_tokens: most tokens of the whole reply.
    """
    moment = Moment(
        said=tuple(said_before(session.memory)), plain=_is_plain(session.memory), text_tokens=text_tokens,
        reply_tokens=reply_tokens,
    )  # fmt: skip
    planned = [_constrain_to(session.rulebook, option, moment) for option in proposal.options[:options]]
    return [*planned, _unplanned(session, moment, alone=not planned)]


def sound(rulebook: Rulebook, proposal: Proposal, memory: Memory | None = None) -> Proposal:
    """The proposal without options that would say a placeholder of the prompt instead of a value, or a barred word.

    Args:
        rulebook: what was read.
        proposal: what the planner thinks worth saying.
        memory: what the game said: words that it wrote itself are never barred.
    """
    marks = placeholder_marks(rulebook)
    kept = tuple(
        option
        for option in proposal.options
        if _is_decent(option, memory)
        and not any(
            mark in option.fills.get(slot.name, "")
            for slot in rulebook.forms[option.form].slots
            if slot.kind in _SPOKEN and not slot.options
            for mark in marks
        )
    )
    return proposal if len(kept) == len(proposal.options) else replace(proposal, options=kept)


def _is_decent(option: Option, memory: Memory | None) -> bool:
    """Whether an option fills in no barred word but those that the game wrote itself."""
    found = {word for fill in option.fills.values() for word in barred(fill)}
    if not found:
        return True
    heard = (event.text.lower() for event in memory.events if event.source is Source.GAME) if memory else ()
    return found <= {word for text in heard for word in barred(text)}


_SPOKEN = (SlotKind.WORD, SlotKind.TEXT)


def _unplanned(session: Session, moment: Moment, *, alone: bool) -> TurnConstraint:
    """What may be said without a plan; what was learnt of guesses is looked up only when there is no plan at all."""
    kept = heeded(session)
    forms = tuple(furnished(session, session.rulebook.forms[index]) for index in kept)
    rulebook = replace(session.rulebook, forms=forms)
    slots = (slot for form in rulebook.forms for slot in form.slots)
    if any(slot.kind is SlotKind.WORD and hints(form, slot) for form in rulebook.forms for slot in form.slots):
        moment = replace(moment, words=real_words, listed=laid_out(session))
    if any(vocabulary(slot, real_words) for slot in slots):
        spent = read_situation(session).tried if alone else frozenset[str]()
        moment = replace(moment, words=real_words, spent=spent)
    return constrain(rulebook, moment=moment)


@lru_cache(maxsize=32)
def real_words(length: int | None) -> tuple[str, ...]:
    """The commonest real words of a length, or of any."""
    if length is None:
        words = tuple(word for word in frequent_words(HINTS)[COMMONEST:] if len(word) <= LONGEST_HINT)
    else:
        words = english(length).words[:VOCABULARY]
    return tuple(word for word in words if not barred(word))


def certain(proposal: Proposal, constraints: Sequence[TurnConstraint]) -> frozenset[TurnConstraint]:
    """The constraints of options that memory proves best."""
    pairs = zip(proposal.options, constraints[:-1], strict=False)
    return frozenset(constraint for option, constraint in pairs if option.certain)


def _constrain_to(rulebook: Rulebook, option: Option, moment: Moment) -> TurnConstraint:
    """What may be said when a planner has chosen an option: its reason explains it, where the form asks for that."""
    form = rulebook.forms[option.form]
    slot = explanation_slot(form) if option.fills else None
    reason = option.reason or (NO_REASON if slot is not None and slot.kind is SlotKind.PROSE else "")
    if slot is not None and slot.name not in option.fills and reason:
        for explanation in (reason, _PLAIN.sub("", reason)):
            fills = {**option.fills, slot.name: explanation}
            explained = constrain(rulebook, moment=moment, form=option.form, fills=fills)
            if all(other.name in fills for other in form.slots) and not constrain(
                rulebook, moment=moment, form=option.form
            ).check(explained.cheapest()):
                return explained
    return constrain(rulebook, moment=moment, form=option.form, fills=option.fills)


_PLAIN = re.compile(r"[^\w\s.,;'-]")
"""Characters that a form may give a meaning of its own: quotes, brackets, braces."""


def said_before(memory: Memory) -> list[dict[str, str]]:
    """How this player filled its slots in earlier turns, oldest first."""
    return [dict(event.fills) for event in memory.events if event.source is Source.SELF and event.fills]


def _is_plain(memory: Memory) -> bool:
    """Whether the game writes plain Latin letters only."""
    heard = (event.text[:READ_CHARACTERS] for event in memory.events if event.source is Source.GAME)
    return all(text.isascii() or not any(char.isalpha() and ord(char) > 127 for char in text) for text in heard)


def heeded(session: Session) -> tuple[int, ...]:
    """The reply forms left after the game complained about the form of our last replies, as indices.

    Those that the complaint shows again; else those not used in vain; all of them where that leaves none.
    """
    forms = session.rulebook.forms
    everything = tuple(range(len(forms)))
    if len(forms) < 2:
        return everything
    in_vain: set[int] = set()
    newest = ""
    for exchange in reversed(exchanges(session)):
        if not complains_of_form(exchange):
            break
        newest = newest or " ".join(exchange.answer.split())
        in_vain |= {index for index in everything if forms[index].parse(exchange.said.text) is not None}
    if not newest:
        return everything
    shown = tuple(index for index in everything if " ".join(forms[index].span.text.split()) in newest)
    return shown or tuple(index for index in everything if index not in in_vain) or everything


def complains_of_form(exchange: Exchange) -> bool:
    """Whether the game's answer says that the reply was not in the right form."""
    head = opening(exchange.answer)
    return len(exchange.answer) < 1_200 and bool(_FORM.search(head) and _COMPLAINT.search(head))
