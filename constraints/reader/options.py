"""Lists of options that a message offers, wherever in the message they stand."""

import re

from constraints.reader.regions import Line, Region
from constraints.reader.scan import Page
from constraints.reader.words import NUMBER, looks_like_items, split_list, unquote
from constraints.rulebook import OptionList

_BRACKET_LIST = re.compile(r"[\[(]((?:\s*['\"][^'\"\n]{1,60}['\"]\s*,?){2,400})[\])]")
_PLAIN_BRACKETS = re.compile(r"\[([^\[\]\n'\"]{3,600}(?:,[^\[\]\n'\"]{1,60}){0,300})\]")
_BRACES = re.compile(r"\{([A-Za-z][^{}\n'\":]{3,300})\}")
_SEPARATOR = re.compile(r":[ \t]+|\b(?:are|is|includes?|leads?(?: to)?)\b:?[ \t]+")
_NO_VALUE = re.compile(r"(?i)[$<>{}\"]|_HERE\b|^(?:your|my|its|his|her|their|the other|some|any|one of)\b")
_JOINING = re.compile(r"(?i)\b(?:and|that|which|it|how|what|who|when|if|as|but)$|\b(?:it|how|that|which|what|who)\b")
_CLAUSE = re.compile(r",\s+(?:in|which|that|as|so|but|where|with|from|each|then|while|because)\b|\s+\(")
_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)|:(?=\s)|$")
_STATEMENT = re.compile(r"(?i)^(?:you|it|this|that|the answer|there|a|an|not|to|only)\b")
_SINGLE = re.compile(
    r"(?i)\b(?:available|remaining|possible|left|exits?|directions|\w+ words|allowed|doors?|ways?|"
    r"passages?|paths?|corridors?)\b"
)
_LABEL_WORD = re.compile(
    r"(?i)\b(?:directions?|options?|words?|choices?|exits?|moves?|actions?|commands?|candidates?|"
    r"list|items?|cards?|objects?|rooms?|ways?|doors?|paths?|"
    r"letters?|colou?rs?|numbers?|targets?|answers?|values?|symbols?|available|remaining|possible|"
    r"allowed|passages?|neighbou?rs?|tools?|players?|"
    r"places?|left|topics?|names?|categories|forbidden|taboo|banned|related|distractors?|clues?|"
    r"guess(?:es)?|exits|open|table|board|menu|hand|deck|pool|yours)\b"
)
_COUNTED = re.compile(rf"(?i)\b(?:{NUMBER}|the|your|our|these|all) (?:[a-z]+ ){{0,2}}[a-z]{{3,}}s$")
_QUOTED_LIST = re.compile(
    r"[\"'`“][^\"'`“”\n]{1,60}[\"'`”](?:(?:,|;|,? or|,? and|/| \|)\s*[\"'`“][^\"'`“”\n]{1,60}[\"'`”]){1,60}"
)
_REPLIES = re.compile(r"(?i)\b(?:inputs?|replies|responses|outputs?|messages)\b")
_BULLET = re.compile(r"^(?:\(?(?:\d{1,3}|[A-Za-z])[.):]|[-*•–])\s+(\S.*)$")
_LETTERED = re.compile(r"^\(?([A-Z])[.):]\s+(\S.*)$")
_CAN_GO = re.compile(
    r"(?i)\b(?:you can|you may|one can|possible to)\s+(?:now |currently |only )?(?:go|move|walk|"
    r"head|travel|leave|choose|pick)\s+(?:to (?:the )?|towards (?:the )?|through (?:the )?|"
    r"between |from )?:?\s*([^.\n:]{2,200})"
)


_TEMPLATE = re.compile(
    r"\$[A-Z]{2}|[A-Z]_HERE\b|<[A-Z]{2,}>|^\[[a-z]+\]$|^on (?:one|a single) line$|^(?:have|has) no effect\b"
)
"""A placeholder, or words about the form: what is listed are forms or a sentence, not values."""


def read_options(page: Page) -> tuple[OptionList, ...]:
    """The option lists of a message, most trusted first; those in examples are left out."""
    found: list[OptionList] = []
    taken: list[tuple[int, int]] = []
    blocks = [(line.start, line.end) for line in page.lines if line.region is Region.EXAMPLE]
    for start, end, label, values, confidence in (
        *_brackets(page),
        *_bullets(page),
        *_labelled(page),
        *_paragraphs(page),
        *_reachable(page),
    ):
        if any(start < other and end > begin for begin, other in blocks) or any(
            start < other and end > begin for begin, other in taken
        ):
            continue
        if any(_TEMPLATE.search(value) for value in values):
            continue
        taken.append((start, end))
        found.append(OptionList(label=label[-120:], values=values, span=page.span(start, end), confidence=confidence))
    return tuple(sorted(found, key=lambda entry: -entry.confidence))


Found = tuple[int, int, str, tuple[str, ...], float]


def _brackets(page: Page) -> list[Found]:
    found: list[Found] = []
    for match in _BRACKET_LIST.finditer(page.text):
        values = tuple(dict.fromkeys(re.findall(r"['\"]([^'\"\n]{1,60})['\"]", match.group(1))))
        if len(values) >= 2:
            found.append((match.start(), match.end(), _label_before(page.text, match.start()), values, 0.95))
    for match in _BRACES.finditer(page.text):
        values = split_list(match.group(1))
        if looks_like_items(values, 2) and len(values) >= 3:
            found.append((match.start(), match.end(), _label_before(page.text, match.start()), values, 0.8))
    for match in _PLAIN_BRACKETS.finditer(page.text):
        values = split_list(match.group(1))
        if "," in match.group(1) and looks_like_items(values, 3):
            found.append((match.start(), match.end(), _label_before(page.text, match.start()), values, 0.85))
    return found


def _label_before(text: str, at: int) -> str:
    """The words of the same line before a list, or the line before when the list opens a line."""
    head = text[max(0, at - 200) : at]
    lines = head.rstrip(" ").split("\n")
    line = lines[-1].strip() or next((entry.strip() for entry in reversed(lines[:-1]) if entry.strip()), "")
    cut = max(line.rfind(". "), line.rfind("? "), line.rfind("! "))
    return line[cut + 1 :].strip(" :")


def _bullets(page: Page) -> list[Found]:
    """Items on lines of their own under a line that ends with a colon."""
    found: list[Found] = []
    lines = [line for line in page.lines if line.text]
    index = 0
    while index < len(lines):
        if lines[index].text.endswith(":") and lines[index].region is Region.RULE:
            items, last = _items(lines, index + 1)
            if items and _LABEL_WORD.search(lines[index].text):
                label = re.split(r"(?<=[.!?])\s", lines[index].text)[-1]
                found.append((lines[index + 1].start, lines[last].end, label.rstrip(": "), items, 0.8))
                index = last
        index += 1
    return found


def _items(lines: list[Line], index: int) -> tuple[tuple[str, ...], int]:
    items: list[str] = []
    last = index - 1
    while index < len(lines):
        match = _BULLET.match(lines[index].text)
        if match is None or lines[index].region is Region.EXAMPLE:
            break
        item = unquote(match.group(1).strip(" .,;"))
        if len(item.split()) > 5 or len(item) > 60 or ":" in item:
            break
        items.append(item)
        last = index
        index += 1
    return (tuple(dict.fromkeys(items)), last) if len(items) >= 2 else ((), last)


def _labelled(page: Page) -> list[Found]:
    """Comma lists after a label ("Currently available directions: north, east")."""
    found: list[Found] = []
    header = ""
    for line in page.lines:
        if line.region is Region.EXAMPLE or not line.text:
            continue
        if not _BULLET.match(line.text):
            header = (
                line.text[-80:].rstrip(": ") if line.text.endswith(":") and _LABEL_WORD.search(line.text[-80:]) else ""
            )
        done = 0
        for count, match in enumerate(_SEPARATOR.finditer(line.text)):
            if count > 40:
                break
            if match.start() < done:
                continue
            entry = _after_label(line, match, header)
            if entry is not None:
                found.append(entry)
                done = entry[1] - line.start
    return found


def _after_label(line: Line, separator: re.Match[str], header: str) -> Found | None:
    """The option list behind one separator, if there is one."""
    head = line.text[max(0, separator.start() - 100) : separator.start()]
    label = re.split(r"[.!?:]\s", head)[-1].strip()
    if header and _BULLET.match(line.text):
        label = f"{header} {label.lstrip('-*•– ')}"
    if not (_LABEL_WORD.search(label) or _COUNTED.search(label) or _REPLIES.search(label)):
        return None
    colon = separator.group().rstrip().endswith(":")
    tail = " ".join(label.split()[-5:])
    if not colon and (not (_LABEL_WORD.search(tail) or _COUNTED.search(tail)) or _JOINING.search(tail)):
        return None
    stop = _SENTENCE_END.search(line.text, separator.end(), separator.end() + 6000)
    end = stop.start() if stop else min(len(line.text), separator.end() + 6000)
    body = line.text[separator.end() : end].rstrip()
    listed = _QUOTED_LIST.fullmatch(line.text[separator.end() :].rstrip(" ."))
    if listed and colon:
        body = line.text[separator.end() :].rstrip(" .")
        values = tuple(dict.fromkeys(re.findall(r"[\"'`“]([^\"'`“”\n]{1,60})[\"'`”]", body)))
        return line.start + separator.end(), line.start + separator.end() + len(body), label, values, 0.85
    if not body or "<" in body or body[0] in '"[' or (not colon and _STATEMENT.match(body)):
        return None
    clause = _CLAUSE.search(body)
    if clause:
        body = body[: clause.start()]
    if "=" in body or "→" in body:
        return None
    values = split_list(body, articles=True)
    single = (
        len(values) == 1 and len(values[0].split()) <= 3 and not values[0].isdigit() and bool(_SINGLE.search(label))
    )
    if not single and not looks_like_items(values, 3):
        return None
    if any(
        _NO_VALUE.search(value) or not re.search(r"\w", value) or value.count("(") != value.count(")")
        for value in values
    ) or (len(values) < 2 and not colon and "lead" not in separator.group()):
        return None
    start = line.start + separator.end()
    return start, start + len(body), label, values, 0.85 if colon else 0.7


def _paragraphs(page: Page) -> list[Found]:
    """A bare comma list on a line of its own; its label is the sentence before it."""
    found: list[Found] = []
    for line in page.lines:
        if line.region is not Region.RULE or line.text.count(",") < 2 or ":" in line.text or "=" in line.text:
            continue
        values = split_list(line.text.rstrip("."))
        if (
            looks_like_items(values, 2)
            and len(values) >= 3
            and sum(len(value.split()) for value in values) <= 1.3 * len(values)
        ):
            found.append((line.start, line.end, _label_before(page.text, line.start), values, 0.75))
    return found


def _reachable(page: Page) -> list[Found]:
    """Ways named in running text ("You can go north, east or back")."""
    found: list[Found] = []
    for line in page.lines:
        if line.region is not Region.RULE or ("can " not in line.text.lower() and "may " not in line.text.lower()):
            continue
        for match in _CAN_GO.finditer(line.text):
            clause = _CLAUSE.search(match.group(1))
            values = split_list(match.group(1)[: clause.start()] if clause else match.group(1), articles=True)
            if looks_like_items(values, 3) or (len(values) == 1 and len(values[0].split()) == 1):
                found.append((line.start + match.start(1), line.start + match.end(1), match.group()[:40], values, 0.7))
    return found
