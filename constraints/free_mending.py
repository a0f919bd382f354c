"""Mending free replies: each general instruction met by the smallest change of the text."""

import re
from collections.abc import Callable

from constraints.free import count, judge, paragraphs
from constraints.rulebook import Rule, RuleKind

Mend = Callable[[str, Rule], str]


def mend_free(text: str, rules: tuple[Rule, ...]) -> str | None:
    """The text changed until it keeps the rules; None when some rule is out of reach without a model."""
    text = text.strip()
    if not text:
        return None
    for kind, mend in _ORDER:
        for rule in rules:
            if rule.kind is kind and any(violation.kind == kind.value for violation in judge(text, (rule,))):
                text = mend(text, rule)
    return text if not judge(text, rules) else None


def _fewer_words(text: str, rule: Rule) -> str:
    if rule.high is None or count(text, rule) <= rule.high:
        return text
    cut = [match.end() for match in re.finditer(r"[\w'’-]+", text)][max(0, rule.high - 1)]
    head = text[:cut]
    stop = max(head.rfind(mark) for mark in ".!?")
    return head[: stop + 1] if stop > 0.5 * len(head) else head.rstrip(",;: ") + "."


def _fewer_sentences(text: str, rule: Rule) -> str:
    if rule.high is not None and count(text, rule) > rule.high:
        ends = [match.end() for match in re.finditer(r"[.!?…]+[\"'”’)\]]*(?=\s|$)", text)]
        if len(ends) >= max(1, rule.high):
            return text[: ends[max(1, rule.high) - 1]]
    return text


def _paragraphs(text: str, rule: Rule) -> str:
    mark = rule.words[0] if rule.words else ""
    wanted = rule.low or rule.high or 1
    pieces = paragraphs(text, mark) if len(paragraphs(text, mark)) >= wanted else paragraphs(text, "")
    while len(pieces) < wanted:
        longest = max(range(len(pieces)), key=lambda index: len(pieces[index]))
        halves = _halves(pieces[longest])
        if halves is None:
            return text
        pieces[longest : longest + 1] = halves
    if rule.high is not None and len(pieces) > rule.high:
        pieces = [*pieces[: rule.high - 1], " ".join(pieces[rule.high - 1 :])]
    return (f"\n{mark}\n" if mark else "\n\n").join(pieces)


def _halves(text: str) -> list[str] | None:
    ends = [match.end() for match in re.finditer(r"[.!?]\s|\n|,\s", text)]
    if not ends:
        return None
    middle = min(ends, key=lambda end: abs(end - len(text) / 2))
    head, tail = text[:middle].strip(), text[middle:].strip()
    return [head, tail] if head and tail else None


def _bullets(text: str, rule: Rule) -> str:
    wanted = rule.high or rule.low or 1
    lines = text.split("\n")
    marked = [index for index, line in enumerate(lines) if re.match(r"\s*(?:\*(?!\*)|-|•)\s*\S", line)]
    for index in reversed(marked[wanted:]):
        lines[index] = re.sub(r"^\s*(?:\*|-|•)\s*", "", lines[index])
    if len(marked) < wanted:
        plain = [index for index, line in enumerate(lines) if line.strip() and index not in marked]
        for index in plain[-(wanted - len(marked)) :]:
            lines[index] = "* " + re.sub(r"^\s*(?:\d+[.)]\s*)?", "", lines[index]).replace("**", "")
    return "\n".join(lines)


def _highlights(text: str, rule: Rule) -> str:
    missing = (rule.low or 1) - count(text, rule)
    for match in reversed(list(re.finditer(r"(?<![*\w])([^\W\d_]{4,})(?![*\w])", text))):
        if missing <= 0:
            break
        text = f"{text[: match.start()]}*{match.group()}*{text[match.end() :]}"
        missing -= 1
    return text


def _placeholders(text: str, rule: Rule) -> str:
    missing = (rule.low or 1) - count(text, rule)
    names = ("name", "date", "address", "place", "phone", "email", "time", "title", "company", "city")
    return text + "\n" + " ".join(f"[{names[index % len(names)]}]" for index in range(missing)) if missing > 0 else text


def _sections(text: str, rule: Rule) -> str:
    head = rule.words[0].upper() if rule.words[0] == "section" else rule.words[0].capitalize()
    pieces = paragraphs(text, "")
    while len(pieces) < (rule.low or 1):
        longest = max(range(len(pieces)), key=lambda index: len(pieces[index]))
        halves = _halves(pieces[longest])
        if halves is None:
            return text
        pieces[longest : longest + 1] = halves
    wanted = rule.low or 1
    pieces = [*pieces[: wanted - 1], "\n\n".join(pieces[wanted - 1 :])]
    return "\n\n".join(f"{head} {index}\n{piece}" for index, piece in enumerate(pieces, 1))


def _keywords(text: str, rule: Rule) -> str:
    extra: list[str] = []
    for word in rule.words:
        have = len(re.findall(re.escape(word), text, re.IGNORECASE))
        extra.extend([word] * max(0, (rule.low or 0) - have))
        if rule.high is not None and have > rule.high:
            for match in reversed(list(re.finditer(re.escape(word), text, re.IGNORECASE))[rule.high :]):
                text = text[: match.start()].rstrip() + text[match.end() :]
    return f"{text.rstrip()} {' '.join(extra)}." if extra else text


def _letter_count(text: str, rule: Rule) -> str:
    missing = (rule.low or 0) - text.lower().count(rule.words[0].lower())
    return f"{text.rstrip()} {rule.words[0] * missing}" if missing > 0 else text


def _capital_words(text: str, rule: Rule) -> str:
    if rule.high is not None and count(text, rule) > rule.high:
        matches = [match for match in re.finditer(r"[\w'-]+", text) if match.group().isupper()]
        for match in reversed(matches[rule.high :]):
            text = text[: match.start()] + match.group().lower() + text[match.end() :]
        return text
    missing = (rule.low or 0) - count(text, rule)
    for match in reversed(list(re.finditer(r"[^\W\d_]{3,}", text))):
        if missing <= 0:
            break
        if not match.group().isupper():
            text = text[: match.start()] + match.group().upper() + text[match.end() :]
            missing -= 1
    return text


def _quoted(text: str, rule: Rule) -> str:
    return '"' + text.strip().strip('"') + '"'


def _ends(text: str, rule: Rule) -> str:
    closing = '"' if text.endswith('"') and text.startswith('"') else ""
    return (
        (text[: len(text) - len(closing)].rstrip() + "\n\n" + rule.words[0] + closing)
        if closing
        else text.rstrip() + "\n\n" + rule.words[0]
    )


def _paragraph_start(text: str, rule: Rule) -> str:
    pieces = paragraphs(text, "")
    place = rule.low or 1
    if len(pieces) < place:
        return text
    first = pieces[place - 1]
    pieces[place - 1] = f"{rule.words[0]} {first[0].lower() + first[1:] if len(first) > 1 else first}"
    return "\n\n".join(pieces)


_ORDER: tuple[tuple[RuleKind, Mend], ...] = (
    (RuleKind.SENTENCES, _fewer_sentences),
    (RuleKind.WORDS, _fewer_words),
    (RuleKind.PARAGRAPHS, _paragraphs),
    (RuleKind.SECTIONS, _sections),
    (RuleKind.BULLETS, _bullets),
    (RuleKind.PARAGRAPH_START, _paragraph_start),
    (RuleKind.NO_COMMAS, lambda text, rule: text.replace(",", "")),
    (RuleKind.KEYWORDS, _keywords),
    (RuleKind.PLACEHOLDERS, _placeholders),
    (RuleKind.LETTER_COUNT, _letter_count),
    (RuleKind.PHRASES, lambda text, rule: f"{text.rstrip()} {rule.words[0]}"),
    (RuleKind.LOWERCASE, lambda text, rule: text.lower()),
    (RuleKind.CAPITALS, lambda text, rule: text.upper()),
    (RuleKind.CAPITAL_WORDS, _capital_words),
    (RuleKind.HIGHLIGHTS, _highlights),
    (RuleKind.TITLE, lambda text, rule: f"<<{_headline(text)}>>\n\n{text}"),
    (RuleKind.STARTS, lambda text, rule: f"{rule.words[0]} {text}"),
    (RuleKind.REPEAT_PROMPT, lambda text, rule: f"{rule.words[0].strip()}\n{text}"),
    (RuleKind.POSTSCRIPT, lambda text, rule: f"{text.rstrip()}\n\n{rule.words[0]} Thank you for reading."),
    (RuleKind.ENDS, _ends),
    (RuleKind.QUOTED, _quoted),
)


def _headline(text: str) -> str:
    words = re.findall(r"[\w'’-]+", text)[:5]
    return " ".join(words) or "title"
