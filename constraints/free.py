"""Free replies under general instructions: judging them and mending them without a model."""

import json
import re
from collections.abc import Callable

from constraints.checks import Violation
from constraints.morphology import found
from constraints.rulebook import Rule, RuleKind

_SENTENCE = re.compile(r"[.!?…]+[\"'”’)\]]*(?:\s|$)")
_BULLET = re.compile(r"^\s*(?:\*(?!\*)|-|•)\s*\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"\*[^\n*]+\*")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\]")
_TITLE = re.compile(r"<<[^\n<>]+>>")
_WORD = re.compile(r"[\w'’-]+")

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


def count(text: str, rule: Rule) -> int:
    """How many of the rule's units a text has."""
    kind = rule.kind
    if kind is RuleKind.WORDS:
        return len(_WORD.findall(text))
    if kind is RuleKind.SENTENCES:
        return len([piece for piece in _SENTENCE.split(text) if re.search(r"\w", piece)])
    if kind is RuleKind.PARAGRAPHS:
        return len(paragraphs(text, rule.words[0] if rule.words else ""))
    if kind is RuleKind.BULLETS:
        return len(_BULLET.findall(text))
    if kind is RuleKind.HIGHLIGHTS:
        return len(_HIGHLIGHT.findall(text))
    if kind is RuleKind.PLACEHOLDERS:
        return len(_PLACEHOLDER.findall(text))
    if kind is RuleKind.SECTIONS:
        return len(re.findall(rf"(?i)\b{re.escape(rule.words[0])}\s+[\dIVX]+", text))
    if kind is RuleKind.CAPITAL_WORDS:
        return sum(word.isupper() for word in re.findall(r"[\w'-]+", text) if any(char.isalpha() for char in word))
    return 0


def paragraphs(text: str, mark: str) -> list[str]:
    """The paragraphs of a text, parted by a mark or by blank lines."""
    pieces = re.split(r"\s?\*\*\*\s?", text) if mark == "***" else re.split(r"\n\s*\n", text)
    return [piece.strip() for piece in pieces if piece.strip()]


def _judge(text: str, rule: Rule) -> list[Violation]:
    kind, word = rule.kind, rule.words[0] if rule.words else ""
    if kind in COUNTED:
        return _outside(count(text, rule), rule, kind.value.replace("_", " "))
    if kind is RuleKind.KEYWORDS:
        return [
            one
            for entry in rule.words
            for one in _outside(len(re.findall(re.escape(entry), text, re.IGNORECASE)), rule, f'mentions of "{entry}"')
        ]
    if kind is RuleKind.LETTER_COUNT:
        return _outside(text.lower().count(word.lower()), rule, f'letters "{word}"')
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


_SCRIPTS = {
    language: letters
    for languages, letters in (
        ("ru bg uk", "Ѐ-ӿ"),
        ("ja", "぀-ヿ一-鿿"),
        ("zh", "一-鿿"),
        ("ko", "가-힯"),
        ("hi mr ne", "ऀ-ॿ"),
        ("ar ur fa", "؀-ۿ"),
        ("bn", "ঀ-৿"),
        ("th", "฀-๿"),
        ("kn", "ಀ-೿"),
        ("gu", "઀-૿"),
        ("pa", "਀-੿"),
        ("ta", "஀-௿"),
        ("te", "ఀ-౿"),
        ("he", "֐-׿"),
        ("el", "Ͱ-Ͽ"),
    )
    for language in languages.split()
}
_ENGLISH = re.compile(r"(?i)\b(?:the|and|of|is|are|with|that|this|for|you)\b")


def written_in(text: str, language: str) -> bool:
    """Whether a text could be in a language: by its script, or, in Latin letters, by not being English."""
    script = _SCRIPTS.get(language)
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return False
    if script is not None:
        return len(re.findall(f"[{script}]", text)) > 0.5 * len(letters)
    return len(_ENGLISH.findall(text)) < 0.08 * max(8, len(text.split()))


def _is_json(text: str) -> bool:
    body = re.sub(r"^```(?:json)?\s*|\s*```$", "", text, flags=re.IGNORECASE)
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _outside(number: int, rule: Rule, what: str) -> list[Violation]:
    if rule.low is not None and number < rule.low:
        return [_wrong(rule, str(number), f"There must be at least {rule.low} {what}, there are {number}.")]
    if rule.high is not None and number > rule.high:
        return [_wrong(rule, str(number), f"There may be at most {rule.high} {what}, there are {number}.")]
    return []


def _wrong(rule: Rule, text: str | None, hint: str) -> Violation:
    return Violation(kind=rule.kind.value, text=text or "", hint=hint)
