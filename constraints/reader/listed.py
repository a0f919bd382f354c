"""Lines under a sentence that announces replies: each is presumed to be a template unless it reads like prose.

`constraints.reader.blocks` finds templates by their marks and works without
an announcement; here the announcement vouches for lines such as
"run INPUT -- runs the program" or "confidence: low | medium | high".
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from constraints.reader.cues import Statement
from constraints.reader.mentions import EMPHASIS
from constraints.reader.presumed import presumed
from constraints.reader.quotation import quotes
from constraints.reader.regions import Line, Region
from constraints.reader.scan import Page
from constraints.reader.shapes import META, defines
from constraints.reader.templates import Hole, marks
from constraints.reader.words import unquote

MOST_ROWS = 40

_BULLET = re.compile(r"^(?:\(?(?:\d{1,2}|[a-zA-Z])[.)]|[-*•–+])\s+")
_FENCE = re.compile(r"^(?:```|~~~)\w*$")
_OR = re.compile(r"(?i)^(?:or|or else|alternatively|either)[:,]?$")
_FORM = re.compile(
    r"\b(?:formats?|formatted|forms?|syntax|templates?|patterns?|schemas?|schemes?|shapes?|layout|structure|notation|"
    r"as follows|like this|like so|this way|these lines|lines|fields|parts)\b"
)
_MENU = re.compile(
    r"\b(?:commands?|actions?|moves|inputs?|replies|responses|possibilities|one of|either|choose|any of|"
    r"following (?:things|ways)|can (?:do|say|write|type|reply|answer|use)|may (?:do|say|write|type|reply|answer|use)|"
    r"use one|types? of (?:messages?|replies|turns|actions?))\b"
)
_REPLY = re.compile(
    r"\b(?:repl(?:y|ies)|answers?|respon(?:d|ds|se|ses)|outputs?|write|writes|messages?|turns?|say|type|send|submit|"
    r"commands?|actions?|moves?|inputs?|use|give|enter|guess(?:es)?|proposals?|instructions?|contributions?|"
    r"transmit|votes?|return|produce|"
    r"follow\w*|finish|end|close|resign|accuse)\b"
)
_NOT_OURS = re.compile(
    r"\b(?:example|e\.g|for instance|feedback|you (?:will |shall |then )?(?:get|receive|see|hear)|(?:i|"
    r"we)(?:'ll| will| shall| may)?"
    r" (?:reply|answer|respond|send|give|show|tell|say|write|ask)|i (?:reply|answer|say)|(?:partner|opponent|"
    r"player|guesser|"
    r"other player)(?:'s)? (?:will|says|said|writes|wrote|answers|message|sees|sends|replied)|so far|history|meaning|"
    r"stands? for|placeholders?|explained|scores?|scoring|points)\b"
)
_HEADING = re.compile(
    r"(?i)^#{0,4}\s*\**\s*(?:(?:your |the )?(?:reply|response|answer|output|message|move|command|action|input|"
    r"turn)s?(?: message)?"
    r" (?:format|form|syntax|template|structure|shape|schema|layout)s?|format|syntax|commands|"
    r"(?:format|form|syntax|shape|structure) (?:of|for) (?:your |the |each |every |a )?(?:repl(?:y|ies)|"
    r"responses?|answers?|outputs?|messages?|moves?|commands?)|"
    r"(?:allowed|legal|valid|possible|available) (?:commands|moves|actions|replies|inputs|answers)|"
    r"api|how to (?:reply|answer|respond|move|play|act|guess|vote|bid))\**\s*:?\**$"
)
_PURPOSE = re.compile(
    r"(?i)^(?:to|if|when|once|for|in order|whenever|as soon|after|before|your|an?|the|ends?|shows?|runs?|declares?|"
    r"moves?|asks?|gives?|makes?|tells?|lets?|puts?|takes?|picks?|goes?|looks?|opens?|closes?|uses?|sends?|"
    r"[a-z]+s (?:the|an?|your|one|something|all|it|you)\b|"
    r"[a-z]+ing\b|[a-z]+e?s\b)"
)
_DASHED = re.compile(r"^(\S.{0,90}?)\s*(?:\s--\s|\s[-–—]\s|\t| {2,}|\s?(?:=>|→)\s|:\s)\s*([^\s<\[{$].{3,200})$")
_BESIDE = re.compile(r"^(\S.{0,120}?)\s+\(([^()\n]{4,160})\)\.?$")
_FIRST = re.compile(
    r"^((?:[Tt]o|[Ii]f|[Ww]hen|[Ii]n|[Dd]uring|[Aa]t|[Oo]nce|[Ff]or|[Aa]fter|[Aa]s)\b[^\n]{3,120}?),?\s*"
    r"(?:\b(?:you )?(?:(?:must|should|can|may|shall|have to) )?(?:write|use|say|answer|reply|respond|type|"
    r"send|output|enter|with|give)\b"
    r"(?: with| the command| the form| the format| only| just| exactly)*)\s*:?\s+(?=\S)(.{2,160})$"
)
_TAIL = re.compile(
    r"^([^\s<\[{($\"'`](?:\S+ ){0,3}[^\n<>]{0,40}?)\s+(to [a-z][^\n]{2,100}|if [^\n]{3,100}|when [^\n]{3,100})$"
)
_BRACKETED = re.compile(
    r"^(\[[^\[\]\n]{1,60}\]|<[^<>\n]{1,60}/?>|`[^`\n]{1,80}`|\"[^\"\n]{1,80}\"|"
    r"\*\*[^*\n]{1,60}\*\*)\s*[-–—:=]?\s+([a-zA-Z][^\n]{3,160})$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line that is presumed to be a template.

    Attributes:
        line: the line.
        text: the template.
        purpose: when to use it; "" when not told.
        bulleted: whether a bullet stood before it.
        parted: whether an "or" on a line of its own stood before it.
    """

    line: Line
    text: str
    purpose: str = ""
    bulleted: bool = False
    parted: bool = False


def read_listed(page: Page, glossary: Mapping[str, str], used: Collection[int]) -> list[Statement]:
    """The forms on lines under an announcement, lines that are already used left out."""
    found: list[Statement] = []
    index = 0
    while index < len(page.lines):
        line = page.lines[index]
        cue = announced(line.text.strip("*_ ")) if line.region is Region.RULE else ""
        if not cue:
            index += 1
            continue
        rows, after = _rows(page, index + 1, glossary)
        if rows and not any(row.line.index in used for row in rows) and _believed(rows, cue, glossary):
            found.extend(_statements(page, rows, cue, glossary))
            index = after
        else:
            index += 1
    return found


def announced(text: str) -> str:
    """What a line announces below it: "form" (one reply of several lines), "menu" (several replies), "" for neither."""
    text = text.replace("_", " ")
    if re.fullmatch(r"(?i)(?:the )?(?:api|interface|available functions|functions|commands)\s?:?", text):
        return "menu"
    if _HEADING.match(text):
        return "menu" if re.search(r"(?i)commands|moves|actions|replies|inputs|options|api", text) else "form"
    below = re.search(
        r"\b(?:listed|given|shown|described|explained|found|are) (?:\w+ )?below\.$",
        text,
    )
    if (not below and not text.endswith((":", "pattern", "format", "form", "with", "syntax"))) or len(text) > 400:
        return ""
    tail = re.split(r"(?<=[.!?])\s", text)[-1].lower()
    if _NOT_OURS.search(tail) or not _REPLY.search(tail):
        return ""
    several = re.search(
        r"\b(?:following|these|accepted|known|valid|allowed|possible|legal) (?:\w+ )?(\w+s)\b",
        tail,
    )
    if _MENU.search(tail) or (
        several and not re.fullmatch(r"lines|parts|fields|sections|keys|items|pieces|rows", several.group(1))
    ):
        return "menu"
    if _FORM.search(tail):
        return "form"
    return "form" if re.search(r"\b(?:your?|reply|answer|respond|write|use|type|output)\b", tail) else ""


def _rows(page: Page, index: int, glossary: Mapping[str, str]) -> tuple[list[Row], int]:
    """The lines below an announcement as far as they are templates, and where they end."""
    rows: list[Row] = []
    parted = False
    blank = 0
    while index < len(page.lines) and len(rows) < MOST_ROWS:
        line = page.lines[index]
        if not line.text or _FENCE.match(line.text):
            blank += not line.text
            index += 1
            continue
        if _OR.match(line.text):
            parted = bool(rows)
            index += 1
            continue
        bullet = _BULLET.match(line.text)
        if rows and blank and not parted and (bool(bullet) != rows[-1].bulleted or not bullet):
            break
        row = None if line.region is Region.EXAMPLE else _row(line, glossary)
        if row is None:
            break
        if META.match(line.text):
            return rows if rows else [Row(line=line, text=row[0], purpose=row[1])], index + 1
        rows.append(
            Row(
                line=line,
                text=row[0],
                purpose=row[1],
                bulleted=bullet is not None,
                parted=parted,
            )
        )
        parted, blank = False, 0
        index += 1
    return rows, index


def _row(line: Line, glossary: Mapping[str, str]) -> tuple[str, str] | None:
    """The template of a line and its purpose; None for prose."""
    bullet = _BULLET.match(line.text)
    body = line.text[bullet.end() :].strip() if bullet else line.text
    body = META.sub("", META.sub("", body))
    if defines(body, glossary) or _DEFINING.match(body) or announced(body) or len(body) > 240:
        return None
    shown = _shown_first(body, glossary)
    if shown is not None or _talks(body, glossary):
        return shown
    for pattern in (_BESIDE, _DASHED, _TAIL):
        match = pattern.match(body)
        if match is None or not _formal(match.group(1), glossary):
            continue
        told = match.group(2).strip()
        if not _PURPOSE.match(told) or "|" in told or marks(told, glossary) or len(told.split()) < 2:
            continue
        if (
            pattern is _DASHED
            and body[match.end(1) :].lstrip().startswith(":")
            and not match.group(1).isupper()
            and "(" not in match.group(1)
        ):
            continue
        return _bare(match.group(1)), told.strip(" .")
    if _formal(body, glossary) and not _prose(body, glossary):
        return _bare(body), ""
    return None


def _shown_first(body: str, glossary: Mapping[str, str]) -> tuple[str, str] | None:
    """The template of a line that tells its purpose first, or sets the template off from it."""
    first = _FIRST.match(body)
    if first and _formal(first.group(2), glossary):
        return _bare(first.group(2)), first.group(1).strip(" ,")
    noted = re.match(r"(\S.*?\S)(?:\s+#\s+|[ \t]{3,}|\t+)(\S.*)$", body)
    if noted and _formal(noted.group(1), glossary) and (marks(noted.group(1), glossary) or noted.group(1)[0] in "\"'`"):
        return _bare(noted.group(1)), noted.group(2).strip(" .")
    bracketed = _BRACKETED.match(body)
    if bracketed and _PURPOSE.match(bracketed.group(2)):
        return _bare(bracketed.group(1)), bracketed.group(2).strip(" .")
    return None


_DEFINING = re.compile(r"(?i)(?:in (?:the )?place of|replace|where it says|here,? [A-Z<$]|instead of|for [A-Z$<\[])\b")


def _talks(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a line is a sentence about a template that it quotes."""
    for quote in quotes(text):
        if marks(quote.text, glossary) or "{" in quote.text:
            return len(re.findall(r"\w+", text[: quote.start])) >= 3
    mark = re.search(r"[{<\[$\"'`]", text)
    if mark is not None and len(re.findall(r"\b[a-z']+\b", text[: mark.start()])) >= 4:
        return True
    return bool(
        re.search(
            r"\b(?:[Rr]epl(?:y|ies)|[Ff]orm|[Ff]ormat|[Aa]nswers?) (?:consists?|has|have|must|should|is|are|look)\b",
            text,
        )
    )


def _formal(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a text may be a template: marks, a tag, capitals, a call, a symbol, or few words without a full stop."""
    text = text.strip()
    if re.match(
        r"(?:[^\W\d_][\w'’ #-]{0,30}?\d{0,2}\*{0,2}\s?(?::|=|->|→|=>)|[A-Z]{2,}\b|[>/!#$]\s?\w|[\w.]+\(|"
        r"[\"'`\[{<(])",
        text,
    ):
        first = re.match(r"[A-Z]{2,}", text)
        return not (first and EMPHASIS.fullmatch(first.group()) and len(text.split()) > 3)
    return marks(text, glossary) or (len(text.split()) <= 4 and not text.endswith((".", "!", "?")) and len(text) <= 48)


def _prose(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a text is a sentence of the rules after all."""
    if marks(text, glossary) and len(text.split()) <= 24:
        return False
    return (len(text.split()) > 14 and text.endswith((".", "!", "?"))) or bool(
        re.match(
            r"(?i)(?:you|the|please|do not|don't|this|that|it|there|if|note|remember|for example|example|e\.g)\b",
            text,
        )
    )


def _bare(text: str) -> str:
    """A template without the marks around it."""
    text = text.strip()
    if text.endswith((";", ",")) or (
        text.endswith(".") and not text.endswith("..") and not re.match(r"[A-Z][a-z]+ [a-z]+ .*[a-z]\.", text)
    ):
        text = text[:-1].rstrip()
    if len(text) >= 2 and text[0] in "\"'`“‘" and text[-1] in "\"'`”’" and text[1:-1].count(text[0]) == 0:
        return text[1:-1].strip()
    return (
        text[2:-2].strip()
        if text.startswith("**") and text.endswith("**") and text.count("**") == 2
        else unquote(text)
        if text[0] == "`"
        else text
    )


def _believed(rows: list[Row], cue: str, glossary: Mapping[str, str]) -> bool:
    """Whether presumed lines are replies rather than data under an innocent sentence."""
    if cue == "menu":
        return len(rows) > 1 and (
            any(row.purpose for row in rows) or any(_marked(row.text, glossary) or row.text.isupper() for row in rows)
        )
    return any(_marked(row.text, glossary) for row in rows)


def _marked(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a template has a hole."""
    return any(isinstance(piece, Hole) for piece in presumed(text, glossary)) and not _value_only(text)


def _value_only(text: str) -> bool:
    return bool(re.fullmatch(r"[\w ,'-]+", text)) and not re.search(r"[A-Z]{2,}", text)


def _statements(page: Page, rows: list[Row], cue: str, glossary: Mapping[str, str]) -> list[Statement]:
    """One form of several lines, or several forms."""
    separate = (
        cue == "menu"
        or any(row.purpose for row in rows)
        or (
            len(rows) > 1
            and all(row.bulleted for row in rows)
            and not all(re.match(r"[\w ]+:", row.text) for row in rows)
        )
    )
    groups: list[list[Row]] = []
    for row in rows:
        if not groups or separate or row.parted:
            groups.append([row])
        else:
            groups[-1].append(row)
    return [
        Statement(
            pieces=presumed("\n".join(row.text for row in group), glossary),
            span=page.span(group[0].line.start, group[-1].line.end),
            confidence=0.8,
            purpose=next((row.purpose for row in group if row.purpose), ""),
            line=group[0].line.index,
        )
        for group in groups
    ]
