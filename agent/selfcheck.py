"""Self-check: whether a reply that is legal in form would be a mistake, by memory and the rules.

Every check is a small pure function from a session and an utterance to
violations, which drive repairs just as violations of the form do. Checks judge
by what was said and what the rules say; none of them knows a game.
"""

import re
from collections.abc import Callable

from agent.repetition import contradicts_itself, repeats_asked, repeats_failure
from agent.utterance import Utterance, Value, rules_text, sentences, utterance
from constraints.checks import Violation
from constraints.morphology import found
from constraints.rulebook import RuleKind
from planner.secrets import read_secret
from planner.session import Session

Check = Callable[[Session, Utterance], list[Violation]]

GRAVE = frozenset({"leak", "forbidden_question", "several_questions"})
"""Violations that may end the game: rather say something dull."""

_BAN = re.compile(
    r"\b(?:not|never|no|don['’]t|avoid|without|forbidden|mustn['’]t|may\s?not|barred|off\s+limits)\b", re.I
)
_KEEP = re.compile(
    r"\b(?:not|never|don['’]t|mustn['’]t|without|avoid)\b[^.!?\n]{0,60}?\b(?:reveal\w*|tell\w*|say\w*|mention\w*|giv\w+\s+(?:it\s+)?away"
    r"|disclos\w+|betray\w*|nam(?:e|ing)|utter\w*|shar(?:e|ing)|use|using|writ\w+)\b|\bkeep\b[^.!?\n]{0,40}\b(?:secret|yourself|hidden)\b",
    re.I,
)
_CONDITION = re.compile(r"\b(?:unless|until|except|when\s+asked|if\s+asked|before)\b", re.I)
_SECRET = re.compile(
    r"\b(?:secret|password|pass\s?phrase|code\s?word|target)(?:[ ]\w+){0,2}?[ ]*(?:is|:|=)[ \t]*\n?[ \t]*[\"“'‘*`]{0,2}"
    r"(?P<word>[A-Za-z][A-Za-z-]{2,30})(?=[\"”'’*`]{0,2}[ \t]*(?:[.,;!)\n]|$))",
    re.I | re.M,
)
_DESCRIPTION = re.compile(r"clue|hint|descri|riddle|definition|cue|tip\b|paraphrase")
_ASKING = re.compile(r"\b(?:ask\w*|questions?|quer(?:y|ies)|enquir\w+|inquir\w+|request\w*)\b", re.I)
_REQUEST = re.compile(
    r"\?|\b(?:tell|give|show)\s+me\b|^\s*(?:what|which|how|who|where|when|is|are|does|do|can|has|have)\b", re.I
)
_TOPICS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "spelling": (
        re.compile(r"\bspell\w*", re.I),
        re.compile(r"\bspell\w*|\b(?:start|begin|end)s?\s+(?:with|in)\b[^?]{0,12}\b[a-z]\b", re.I),
    ),
    "letters": (
        re.compile(r"\b(?:letters?|vowels?|consonants?|initials?)\b", re.I),
        re.compile(
            r"\b(?:letters?|vowels?|consonants?|initials?|alphabet\w*)\b|\b(?:start|begin|end)s?\s+(?:with|in)\b", re.I
        ),
    ),
    "length": (
        re.compile(r"\b(?:length|how\s+long|syllables?|number\s+of\s+letters)\b", re.I),
        re.compile(r"\b(?:length|how\s+long|syllables?|how\s+many\s+letters|number\s+of\s+letters)\b", re.I),
    ),
    "rhymes": (re.compile(r"\brhym\w*", re.I), re.compile(r"\brhym\w*|\bsounds?\s+like\b", re.I)),
    "translations": (re.compile(r"\btranslat\w*", re.I), re.compile(r"\btranslat\w*", re.I)),
    "hints": (re.compile(r"\b(?:hints?|clues?|tips?)\b", re.I), re.compile(r"\b(?:hints?|clues?|tips?)\b", re.I)),
}
"""What questions may be about: how rules name it, how questions do."""


def self_check(session: Session, reply: str) -> list[Violation]:
    """Everything that speaks against a reply though its form is legal."""
    said = utterance(session.rulebook, reply)
    return [violation for check in CHECKS for violation in check(session, said)]


def leaks(session: Session, said: Utterance) -> list[Violation]:
    """A word that this player must keep to itself, in any form and any slot, explanations included."""
    kept = kept_words(session)
    for value in said.written:
        word = found(value.text, (*kept, *_barred(session, value)))
        if word is not None:
            return [Violation(kind="leak", text=word, hint=f'Do not say "{word}" or any word like it, nowhere.')]
    return []


def kept_words(session: Session) -> tuple[str, ...]:
    """Words that the rules tell this player not to say, wherever they would stand."""
    secret = read_secret(session) if _describes(session) else None
    words = [*(secret.forbidden if secret is not None else ())]
    text = rules_text(session)
    bans = [match for match in _KEEP.finditer(text) if not _CONDITION.search(text[match.start() : match.end() + 60])]
    for match in _SECRET.finditer(text):
        near = [ban for ban in bans if -300 <= ban.start() - match.end() <= 300]
        if near:
            words.append(match["word"])
    return tuple(dict.fromkeys(word.casefold() for word in words))


def _describes(session: Session) -> bool:
    """Whether this player's replies describe something for others to find."""
    forms = session.rulebook.forms
    return not forms or any(_DESCRIPTION.search(slot.name) for form in forms for slot in form.slots)


def _barred(session: Session, value: Value) -> tuple[str, ...]:
    """Words that a rule forbids in this slot; a rule for another slot binds explanations too."""
    rules = session.rulebook.of(RuleKind.FORBIDDEN_WORDS)
    bound = [rule for rule in rules if not rule.slot or rule.slot == value.name or value.explains]
    return tuple(dict.fromkeys(word for rule in bound for word in rule.words))


def asks_the_forbidden(session: Session, said: Utterance) -> list[Violation]:
    """A question of a kind that the rules forbid."""
    barred = barred_topics(rules_text(session))
    for value in said.written:
        if value.explains or not (_REQUEST.search(value.text) or "question" in value.name):
            continue
        for topic in barred:
            match = _TOPICS[topic][1].search(value.text)
            if match is not None:
                hint = f"Questions about {topic} are not allowed; ask about something else."
                return [Violation(kind="forbidden_question", text=match.group(), hint=hint)]
    return []


def barred_topics(text: str) -> tuple[str, ...]:
    """What the rules forbid to ask about."""
    found_topics = [
        topic
        for sentence in sentences(text)
        if _ASKING.search(sentence)
        for topic, (named, _) in _TOPICS.items()
        if (match := named.search(sentence)) is not None and _BAN.search(sentence[: match.start()] + sentence[-30:])
    ]
    return tuple(dict.fromkeys(found_topics))


def asks_too_much(session: Session, said: Utterance) -> list[Violation]:
    """More than one question where one is allowed."""
    if not session.rulebook.of(RuleKind.ONE_QUESTION):
        return []
    asked = [value for value in said.written if not value.explains and "answer" not in value.name]
    marks = sum(len(re.findall(r"\?+", value.text)) for value in asked)
    if marks <= 1:
        return []
    return [Violation(kind="several_questions", text=said.text[:200], hint="Ask one question only.")]


CHECKS: tuple[Check, ...] = (
    leaks,
    asks_the_forbidden,
    asks_too_much,
    repeats_failure,
    repeats_asked,
    contradicts_itself,
)

__all__ = ["CHECKS", "GRAVE", "Check", "barred_topics", "kept_words", "self_check"]
