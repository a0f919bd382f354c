"""Templates: the shape of a reply as a prompt shows it, cut into fixed text and holes.

Knows how placeholders are marked. What may stand in a hole is decided in
`constraints.reader.slots`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from constraints.reader.regions import TAG_LINE
from constraints.reader.words import unquote


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A place to fill, before it is known what may stand there.

    Attributes:
        label: the placeholder without its marks ("your question", "DIRECTION"); "" when none is shown.
        tag: what stands right before it: a tag, a JSON key, the name of an element; "" for nothing.
        meaning: what the prompt says it stands for; "" for nothing.
        inside: "line", "json" (a JSON value) or "string" (within the marks of a JSON string).
        template: the JSON text that was shown for it, for JSON values.
        sample: a value that the prompt shows in its place; "" for none.
    """

    label: str
    tag: str = ""
    meaning: str = ""
    inside: str = "line"
    template: str | None = None
    sample: str = ""


Piece = str | Hole
Pieces = tuple[Piece, ...]

_MARKED = re.compile(
    r"<[^<>\n/][^<>\n]{0,100}>|\[\[[^\[\]\n]{1,60}\]\]|\[[^\[\]\n]{1,100}\]|\{\{?[A-Za-z_][^{}\"\n]{0,60}\}?\}|"
    r"\$\{?[A-Za-z_]{1,30}\}?\$?|_{3,}|\.{3}|…|\b[A-Z][A-Z0-9]*_HERE\b"
)
_CAPITALS = re.compile(r"(?<![\w$])[A-Z][A-Z0-9_]*(?![\w:])(?! ?:)")
_ELEMENT = re.compile(r"<([A-Za-z][\w-]{0,30})>([^<>\n]{0,200}?|<[^<>/\n]{1,60}>)</\1>")
_GENERIC = re.compile(
    r"(?i)^(?:your?\b|my\b|the\b|an?\b|some\b|one\b|single\b|details?\b|words?\b|text\b|string\b|"
    r"answer\b|number\b|reason|explanation|"
    r"guess\b|clue\b|name\b|yes\b|no\b|true\b|list\b|short\b|brief\b|x\b|integer|sentence|"
    r"question|target|message|comma|xxx|foo|"
    r"something|"
    r"why\b|how\b|what\b|where\b|who\b|which\b|value|"
    r"content|action|direction|letter|first[, ]|same or|description|expression|option|choice|thought)"
)
_ENUMERATED = re.compile(r"[\w' -]{1,30}(?:\s?\|\s?[\w' -]{1,30}){1,19}|[\w'-]{1,20}(?:/[\w'-]{1,20}){1,19}")
_IN_PARENS = re.compile(r"\([^()\n]{3,120}\)")
_BRACKETS = {"<": ">", "[": "]", "(": ")", "{": "}"}


def marks(text: str, glossary: Iterable[str] = ()) -> bool:
    """Whether the text shows a marked placeholder, or one that the prompt defines."""
    return bool(_MARKED.search(text)) or any(_find_term(text, term) is not None for term in glossary)


def cut(text: str, glossary: Mapping[str, str], *, block: bool = False) -> Pieces:
    """Cuts one template into fixed text and holes.

    Args:
        text: the template.
        glossary: placeholder as written to its meaning.
        block: whether it stands on lines of its own under a statement of the form, so that
            words after a tag ("guess: word") describe a hole even without marks.
    """
    lines = text.split("\n")
    pieces: list[Piece] = []
    for index, line in enumerate(lines):
        if index:
            pieces.append("\n")
        pieces.extend(_cut_line(line.strip(), glossary, block, index + 1 < len(lines)))
    return join(pieces)


def join(pieces: Iterable[Piece]) -> Pieces:
    """Merges neighbouring fixed texts."""
    out: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] = out[-1] + piece
        elif piece != "":
            out.append(piece)
    return tuple(out)


def _cut_line(line: str, glossary: Mapping[str, str], block: bool, above: bool = False) -> list[Piece]:
    element = _ELEMENT.search(line)
    if element:
        inner = _inner(element.group(2), element.group(1).lower(), glossary)
        before, after = line[: element.start(2)], line[element.end(2) :]
        rest = _cut_line(after.split(">", 1)[1], glossary, block) if ">" in after else []
        closing = after.split(">", 1)[0] + ">"
        return [before, *inner, closing, *rest]
    found = _holes(line, glossary)
    tag = TAG_LINE.match(line)
    if not found:
        return _bare(line, tag.end() if tag else None, glossary, block, above)
    pieces: list[Piece] = []
    at = 0
    for start, end, hole in found:
        fixed = line[at:start]
        pieces.append(fixed)
        pieces.append(replace(hole, tag=_tag_before(line[:start])))
        at = end
    pieces.append(line[at:])
    if tag and isinstance(pieces[0], str) and pieces[0] == tag.group():
        pieces[0] = pieces[0] + " "  # "GUESS:<word>" is written "GUESS: <word>"
    return [piece for piece in pieces if piece != ""]


def _inner(text: str, tag: str, glossary: Mapping[str, str]) -> list[Piece]:
    """What stands between the two marks of an element: a hole, whatever it shows."""
    label = text.strip()
    term = next(
        (term for term in glossary if term == label or unquote_mark(term) == unquote_mark(label)),
        None,
    )
    return [
        Hole(
            label=unquote_mark(label),
            tag=tag,
            meaning=glossary.get(term, "") if term else "",
        )
    ]


def _holes(line: str, glossary: Mapping[str, str]) -> list[tuple[int, int, Hole]]:
    """The placeholders of a line, in order, without overlaps."""
    found: list[tuple[int, int, Hole]] = []
    for term, meaning in glossary.items():
        for start, end in _all_terms(line, term):
            found.append((start, end, Hole(label=unquote_mark(term), meaning=meaning)))
    others = any(term[0] == "$" or term.endswith("_HERE") for term in glossary)
    for match in _marked(line):
        if _is_outer_bracket(line, match.start(), match.end(), glossary) or match.group().endswith("/>"):
            continue
        if (others and match.group()[0] in "<[{") or _is_fixed(line, match, glossary):
            continue
        found.append((match.start(), match.end(), Hole(label=unquote_mark(match.group()))))
    tag = TAG_LINE.match(line)
    defined = bool(found)
    for match in _CAPITALS.finditer(line, tag.end() if tag else 0):
        if (
            not defined
            and (tag or match.start() > 0)
            and not line[: match.start()].endswith("</")
            and _is_caps_hole(match.group(), line, tag)
        ):
            found.append((match.start(), match.end(), Hole(label=match.group())))
    found.sort(key=lambda entry: (entry[0], -entry[1]))
    clean: list[tuple[int, int, Hole]] = []
    for entry in found:
        if not clean or entry[0] >= clean[-1][1]:
            clean.append(entry)
    return clean


def _marked(line: str) -> list[re.Match[str]]:
    """The marked stretches of a line, those within brackets of the reply itself included."""
    found: list[re.Match[str]] = []
    at = 0
    while (match := _MARKED.search(line, at)) is not None and len(found) < 60:
        found.append(match)
        inner = match.group()[1:-1]
        at = match.start() + 1 if match.group()[0] in "<[{" and _MARKED.search(inner) else match.end()
    return found


def _is_fixed(line: str, match: re.Match[str], glossary: Mapping[str, str]) -> bool:
    """Whether brackets around the whole line are part of a fixed command ("[stop]")."""
    if match.group()[0] == "[" and match.start() == 0 and match.group() not in glossary and match.group() != line:
        alone = "[" not in line[match.end() :] and line[match.end() : match.end() + 1] == " "
        return alone and bool(re.fullmatch(r"\[[A-Z][A-Z _-]{1,24}\]", match.group()))
    if match.group()[0] != "[" or match.group() != line or match.group() in glossary:
        return False
    inner = match.group().strip("[]").strip()
    return not _GENERIC.match(inner) and (bool(glossary) or len(inner.split()) == 1)


def _is_caps_hole(word: str, line: str, tag: re.Match[str] | None) -> bool:
    """Whether a word in capitals is a placeholder rather than fixed text ("GO: DIRECTION" against "Command: DONE")."""
    if tag is None and line.isupper() and " " in line:
        return False  # a heading
    if word in ("A", "I", "OR", "AND", "JSON"):
        return False
    if re.fullmatch(
        r"(?i)DONE|STOP|END|EXIT|QUIT|PASS|FINISH(?:ED)?|YES|NO|TRUE|FALSE|NONE|OK|SKIP|WAIT|HOLD|"
        r"ACCEPT|REJECT|AGREE|REFUSE",
        word,
    ):
        return False
    if len(word) == 1:
        return bool(re.search(rf"[(\[<]\s?{word}\s?[)\]>]|:\s?{word}\s*$", line))
    if tag is None:
        return word in (
            "DIRECTION",
            "WORD",
            "ANSWER",
            "NUMBER",
            "TEXT",
            "ACTION",
            "NAME",
            "ROOM",
            "OBJECT",
            "ITEM",
            "LETTER",
            "X",
            "N",
            "GUESS",
            "CLUE",
            "MESSAGE",
        )
    return True


def _is_outer_bracket(line: str, start: int, end: int, glossary: Mapping[str, str]) -> bool:
    """Whether a bracket pair belongs to the reply itself ("[GO <direction>]") rather than marking a hole."""
    inner = line[start + 1 : end - 1]
    if line[start] == "<" and re.fullmatch(r"[\w-]{1,30}", inner) and f"</{inner}>" in line:
        return True
    if any(_find_term(inner, term) is not None and inner.strip() != term for term in glossary):
        return True
    return bool(_MARKED.search(inner)) and line[start] in "[{<"


def _bare(
    line: str,
    after_tag: int | None,
    glossary: Mapping[str, str],
    block: bool,
    above: bool,
) -> list[Piece]:
    """A line without marked holes: after a tag, words that describe are a hole."""
    if after_tag is None:
        return [line]
    rest = line[after_tag:].strip()
    tag = line[:after_tag].rstrip(": ").lower()
    if not rest:
        return [line.rstrip()] if above else [line.rstrip() + " ", Hole(label="", tag=tag)]
    if block and (_ENUMERATED.fullmatch(rest) or _IN_PARENS.fullmatch(rest)):
        return [line[:after_tag].rstrip() + " ", Hole(label=rest.strip("()"), tag=tag)]
    if (
        block
        and len(rest) <= 120
        and len(rest.split()) <= 10
        and ", no " not in rest
        and (_GENERIC.match(rest) or rest.lower() in glossary)
    ):
        return [line[:after_tag].rstrip() + " ", Hole(label=rest, tag=tag)]
    return [line]


def _tag_before(text: str) -> str:
    """The word that names what follows: a tag, a call, an opened bracket."""
    text = text.replace("**", "")
    match = re.search(r"([^\W\d_][\w'-]*(?: [\w'-]+){0,2})\s*(?::|=|->|-|\()\s*[\[(<\"']?$", text)
    if match:
        return match.group(1).lower()
    match = re.search(r"[\[(<>$]\s?([^\W\d_][\w-]*)\s+$", text)
    return match.group(1).lower() if match else ""


def unquote_mark(text: str) -> str:
    """A placeholder without its marks."""
    text = unquote(text.strip())
    while len(text) >= 2 and text[0] in _BRACKETS and text[-1] == _BRACKETS[text[0]]:
        text = text[1:-1].strip()
    text = text.strip("$").strip("{}")
    return re.sub(r"_HERE$", "", text) if not set(text) <= set("_.…") else ""


def _find_term(text: str, term: str) -> int | None:
    return next((start for start, _ in _all_terms(text, term)), None)


def _all_terms(text: str, term: str) -> list[tuple[int, int]]:
    """Where a placeholder of the glossary occurs as a whole word, in its own letter case."""
    found: list[tuple[int, int]] = []
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        open_left = at == 0 or not (term[0].isalnum() and (text[at - 1].isalnum() or text[at - 1] in "_$"))
        open_right = end == len(text) or not (term[-1].isalnum() and (text[end].isalnum() or text[end] == "_"))
        tagged = term[-1].isalnum() and re.match(r" ?[:=]|\s?->", text[end : end + 3])
        if open_left and open_right and not tagged:
            found.append((at, end))
        at = text.find(term, end)
    return found


def literal_text(pieces: Pieces) -> str:
    """The fixed text alone, in lower case and without blanks: two templates with equal ones are one form."""
    return "".join("".join(piece.split()).lower() if isinstance(piece, str) else "\0" for piece in pieces)
