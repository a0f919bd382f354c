"""Free replies under general instructions: judging them and mending them without a model."""

import json
import re
from collections.abc import Callable

from constraints.checks import Violation
from constraints.free_counts import paragraphs, ways
from constraints.free_languages import written_in
from constraints.morphology import found
from constraints.rulebook import Rule, RuleKind

_TITLE = re.compile(r"<<[^\n<>]+>>")

COUNTED = frozenset(
    RuleKind(name)
    for name in [
        "words",
        "sentences",
        "paragraphs",
        "bullets",
        "highlights",
        "sections",
        "placeholders",
        "capital_words",
    ]
)
GENERAL = COUNTED | frozenset(
    RuleKind(name)
    for name in [
        "keywords",
        "letter_count",
        "paragraph_start",
        "title",
        "quoted",
        "postscript",
        "starts",
        "ends",
        "no_commas",
        "json",
        "language",
        "two_responses",
        "repeat_prompt",
        "phrases",
        "lowercase",
        "capitals",
        "forbidden_words",
    ]
)
"""The rules that bind a reply without a form."""


def judge(text: str, rules: tuple[Rule, ...]) -> list[Violation]:
    """What a free reply breaks."""
    return [violation for rule in rules if rule.kind in GENERAL for violation in _judge(text, rule)]


def _judge(text: str, rule: Rule) -> list[Violation]:
    kind, word = rule.kind, rule.words[0] if rule.words else ""
    if kind in COUNTED:
        return _outside(*ways(text, rule), rule, kind.value.replace("_", " "))
    if kind is RuleKind.KEYWORDS:
        return [one for entry in rule.words for one in _outside(*mentions(text, entry), rule, f'mentions of "{entry}"')]
    if kind is RuleKind.LETTER_COUNT:
        letters = text.lower().count(word.lower())
        return _outside(letters, letters, rule, f'letters "{word}"')
    if kind is RuleKind.FORBIDDEN_WORDS:
        hit = found(text, rule.words)
        return [_wrong(rule, hit, f'Do not use "{hit}" or any word like it.')] if hit else []
    message = _WHOLE.get(kind)
    return (
        [_wrong(rule, text[:80], message.format(word))] if message is not None and not _holds(text, rule, word) else []
    )


_WHOLE = {
    RuleKind.TITLE: "Give the reply a title in double angular brackets, such as <<title>>.",
    RuleKind.QUOTED: "Put the whole reply in double quotation marks.",
    RuleKind.POSTSCRIPT: "End with a postscript that begins with {0}",
    RuleKind.STARTS: 'Begin with "{0}".',
    RuleKind.ENDS: 'End with exactly "{0}" and nothing after it.',
    RuleKind.NO_COMMAS: "Do not use any comma.",
    RuleKind.JSON: "Reply with one JSON value and nothing else.",
    RuleKind.LANGUAGE: "Write the whole reply in the language with the code {0}.",
    RuleKind.TWO_RESPONSES: "Give two replies and put {0} between them.",
    RuleKind.REPEAT_PROMPT: "Begin by repeating the request word for word.",
    RuleKind.PHRASES: "Use one of the given phrases, word for word.",
    RuleKind.LOWERCASE: "Use small letters only.",
    RuleKind.CAPITALS: "Use capital letters only.",
    RuleKind.PARAGRAPH_START: 'Begin the paragraph that was named with "{0}".',
}


def _holds(text: str, rule: Rule, word: str) -> bool:
    test = _TESTS.get(rule.kind)
    return test is None or test(text, rule, word)


def _two_responses(text: str, rule: Rule, word: str) -> bool:
    pieces = [piece.strip() for piece in text.split(word)]
    return len(pieces) == 2 and bool(pieces[0]) and bool(pieces[1]) and pieces[0] != pieces[1]


def _paragraph_starts(text: str, rule: Rule, word: str) -> bool:
    pieces = paragraphs(text, "")
    place = rule.low or 1
    return len(pieces) >= place and pieces[place - 1].lower().startswith(word.lower())


def _postscript(mark: str) -> re.Pattern[str]:
    """Finds a postscript by its mark, however it is dotted."""
    letters = [char for char in mark if char.isalpha()]
    return re.compile(r"(?i)(?:^|\s)" + r"\.?\s?".join(letters) + r"\b")


_TESTS: dict[RuleKind, Callable[[str, Rule, str], bool]] = {
    RuleKind.TITLE: lambda text, rule, word: bool(_TITLE.search(text)),
    RuleKind.QUOTED: lambda text, rule, word: len(text.strip()) > 1 and text.strip()[0] == text.strip()[-1] == '"',
    RuleKind.POSTSCRIPT: lambda text, rule, word: bool(_postscript(word).search(text)),
    RuleKind.STARTS: lambda text, rule, word: text.strip().lower().startswith(tuple(one.lower() for one in rule.words)),
    RuleKind.ENDS: lambda text, rule, word: text.strip().strip('"').lower().endswith(word.strip('"').lower()),
    RuleKind.NO_COMMAS: lambda text, rule, word: "," not in text,
    RuleKind.JSON: lambda text, rule, word: _is_json(text.strip()),
    RuleKind.LANGUAGE: lambda text, rule, word: written_in(text, word),
    RuleKind.TWO_RESPONSES: _two_responses,
    RuleKind.REPEAT_PROMPT: lambda text, rule, word: text.strip().lower().startswith(word.strip().lower()),
    RuleKind.PHRASES: lambda text, rule, word: any(phrase in text for phrase in rule.words),
    RuleKind.LOWERCASE: lambda text, rule, word: text == text.lower(),
    RuleKind.CAPITALS: lambda text, rule, word: text == text.upper(),
    RuleKind.PARAGRAPH_START: _paragraph_starts,
}


def _is_json(text: str) -> bool:
    body = re.sub(r"^```(?:json)?\s*|\s*```$", "", text, flags=re.IGNORECASE)
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def mentions(text: str, entry: str) -> tuple[int, int]:
    """How often a text has a word or phrase, as a whole and anywhere."""
    anywhere = len(re.findall(re.escape(entry), text, re.IGNORECASE))
    return min(anywhere, len(re.findall(rf"(?<!\w){re.escape(entry)}(?!\w)", text, re.IGNORECASE))), anywhere


def _outside(least: int, most: int, rule: Rule, what: str) -> list[Violation]:
    if rule.low is not None and least < rule.low:
        return [_wrong(rule, str(least), f"There must be at least {rule.low} {what}, there are {least}.")]
    if rule.high is not None and most > rule.high:
        return [_wrong(rule, str(most), f"There may be at most {rule.high} {what}, there are {most}.")]
    return []


def _wrong(rule: Rule, text: str | None, hint: str) -> Violation:
    return Violation(kind=rule.kind.value, text=text or "", hint=hint)
