"""Telling whether a piece of text shows the shape of a reply, and cutting lines of a list of replies.

Knows layout marks only (tags, brackets, arrows, calls, elements, objects).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from constraints.reader.json_forms import cut_object, objects
from constraints.reader.presumed import presumed
from constraints.reader.regions import TAG_LINE
from constraints.reader.templates import Pieces, cut, marks
from constraints.reader.words import unquote

_ELEMENT = re.compile(r"<([A-Za-z][\w-]{0,30})>.{0,200}</\1>|<[A-Za-z][\w-]{0,30} ?/>")
_CALL = re.compile(r"[A-Za-z_]\w{0,30}\([^()\n]{0,160}\)")
_ARROW = re.compile(r"(?:>{1,3}|=>|->|→|\$|#|/|!)[ \t]?[^\s>$#/!][^\n]{0,100}")
_BRACKETED = re.compile(r"\[[^\n]{1,160}\]|\([^\n]{1,160}\)|<[^\n]{1,160}>|\{[^\n]{1,160}\}")
_SEPARATED = re.compile(r"\*{0,2}[^\W\d_][\w'’-]{0,24}(?: [\w'’-]{1,20}){0,2}\s?(?:[:=]|->|→|=>|-|–)\s?\S")
_COMMAND = re.compile(r"[A-Z]{2,}(?:[ _-][A-Z]{2,}){0,2}[.!]?|[A-Z]{2,}")
_PURPOSE = re.compile(
    r"(?i)^(?:to|if|when|once|for|in order|whenever|as soon|after|before|your|a|an|the|asking|"
    r"guessing|moving|stopping)\b"
)
_VERBS = r"(?:[Ww]rite|answer|say|reply|use|type|send|respond|enter|output|give|state|submit|post|return)"
_ITEM_VERB = re.compile(
    rf"(?:^|(?<=\s)){_VERBS}(?: with)?(?: only| just| exactly)?(?: the (?:word|line|command))?:? +(?=\S)"
)
_BRACKET_HEAD = re.compile(
    r"^(\[[A-Z][^\[\]\n]{1,60}\])\s+(?:[-–—:=]\s+)?((?:to|if|when|for|once|lets|ends|shows|makes)\b[^\n]{3,160})$"
)
_DEFINES = re.compile(
    r"(?i)\bstands for\b|\b(?:is|are|has|have) to be replaced\b|"
    r"[>\]A-Z_\"'`] means\b|^replace\b|^where it says\b|\bplaceholder"
)
META = re.compile(
    r"(?i)^(?:\w+ ){0,2}(?:format|form|syntax)\.\s+(?=\S)|^(?:[\w ,']{0,60}\b)?(?:format|form|syntax|template|"
    r"layout|like this|as follows|this way|agreed)\s?:\s+(?=\S)"
    r"|^[\w ,']{0,80}\bnamely:? +(?=\S)"
)
_NAMED = re.compile(
    r"[A-Za-z_]\w{0,30}\(\w{1,30}\s?=\s?(?:\"[^\"\n]{1,160}\"|"
    r"'[^'\n]{1,160}')(?:,\s?\w{1,30}\s?=\s?(?:\"[^\"\n]{1,160}\"|'[^'\n]{1,160}')){0,6}\)"
)
_CONTRAST = re.compile(
    r"\[[A-Z]{2,}(?:[ _][A-Z]{2,})? [a-z][^\[\]\n]{0,60}\]|[A-Za-z_]\w{0,30}\((?:[a-z_]\w{0,20}|"
    r"[\"'][^\"'\n<$]{1,60}[\"'])"
    r"(?:, ?(?:[a-z_]\w{0,20}|[\"'][^\"'\n<$]{1,60}[\"'])){0,6}\)"
)
_IMPERATIVE = re.compile(
    rf"(?:(?:[Pp]lease|[Aa]lways|[Nn]ow|[Tt]hen|[Jj]ust|[Oo]nly|[Ss]imply) )*"
    rf"(?:{_VERBS}|Answer|Say|Reply|Use|Type|Send|Respond|Enter|Output|Give|State|Submit|Post|Return)"
    rf"(?: with| only| just| exactly| the line| the form)* (?=[A-Z][\w' -]{{0,40}}:)"
)
_INTRODUCED = re.compile(
    r"^(?:[a-z][^:\n]{0,60}\b)?(?:with|form|format|this|as)\s?:\s+|^[a-z][^:\n]{1,60} (?:tag|command|line)\s?:\s+"
)
_ITEM_PURPOSE_AFTER = re.compile(r"^(\S.*?)\s+\(([^()\n]{3,160})\)\.?$")
_ITEM_QUOTED = re.compile(r"^`([^`\n]{1,200})`\s*(?:=|-|–|—|:|→|=>)?\s*(\S.{2,160})$")
_ITEM_PURPOSE_BEFORE = re.compile(r"^([^:\n]{3,140}):\s+(\S.*)$")
_ITEM_DASH = re.compile(r"^(\S.{0,100}?)\s*(?:[-–—:]|=>|→|\bto\b|\bif\b|\bwhen\b)\s+(\S.{2,200})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A template found in a line.

    Attributes:
        text: the template.
        purpose: the words that say when to use it.
    """

    text: str
    purpose: str = ""


def is_pure(text: str, glossary: Mapping[str, str], *, block: bool = False, spoken: bool = False) -> bool:
    """Whether the whole text is a template by its marks alone.

    Args:
        text: the text.
        glossary: placeholders that the prompt defines.
        block: whether it stands under a statement of the form, so that a tag with plain words will do.
        spoken: whether it is set off from what is said about it, so that it may be a whole sentence.
    """
    text = text.strip()
    if not text or len(text) > 400 or _DEFINES.search(text) or defines(text, glossary) or not balanced(text):
        return False
    if text[0] == "{" and text[-1] == "}" and next(objects(text), None) == (0, len(text)):
        return True
    if _ELEMENT.fullmatch(text) or (_CALL.fullmatch(text) and " (" not in text) or _ARROW.fullmatch(text):
        return True
    if len(re.findall(r"['\"][^'\"]{2,40}['\"]", text)) >= 2 and text[0] in "([":
        return False  # a list of quotations
    if _BRACKETED.fullmatch(text) and text[1:-1].count(text[0]) == text[1:-1].count(text[-1]):
        return text.count(" ") < 16
    if _TAGGED_PARENS.fullmatch(text):
        return True
    if marks(text, glossary):
        fixed = fixed_words(text, glossary)
        if spoken and has_strong(text, glossary) and not _TALK.search(text):
            return fixed <= 12
        dotted = "..." in text or "…" in text
        return (bool(_SEPARATED.match(text)) and fixed <= 8) or (fixed <= 3 and not dotted)
    if block and TAG_LINE.match(text):
        rest = text[TAG_LINE.match(text).end() :] if TAG_LINE.match(text) else ""  # type: ignore[union-attr]
        return len(rest.split()) <= 12
    return False


def defines(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a text says what a placeholder is ("$WORD: a single word", "<x> has to be replaced by a number")."""
    bare = text.lstrip("(- *")
    if any(bare.startswith(term) and _IS.match(bare, len(term)) for term in glossary):
        return True
    wrapped = re.match(
        r"[`\"']([^`\"'\n]{1,60})[`\"'] (?:is|are|stands|means|must|has|denotes)\b",
        bare,
    )
    return wrapped is not None and wrapped.group(1) in glossary


_IS = re.compile(
    r"\s?(?::|=|–|→|-)\s|\s(?:has|have|is|are|stands|means|should|must|denotes|represents|will|gets|refers|can|may)\b"
)


def balanced(text: str) -> bool:
    """Whether every bracket of a text is closed."""
    pairs = ("()", "[]", "{}") + (("<>",) if text.startswith("<") and not text.startswith(("<-", "<=")) else ())
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in pairs)


def has_strong(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a text shows a placeholder that cannot be anything else."""
    return bool(_STRONG.search(text)) or any(term in text for term in glossary if term[0] in "<$[" or "_HERE" in term)


_TAGGED_PARENS = re.compile(
    r"[^\W\d_][\w'’-]{0,24}(?: [\w'’-]{1,20})? ?: ?\((?:your|an?|the|one|some|two|three|short)\b[^()\n]{2,100}\)"
)
_TALK = re.compile(
    r"(?i)\b(?:pick one|choose one|each turn|per turn|at a time|repl(?:y|ies)|form|format|placeholder|replace|"
    r"write|put|answer with|says?|instead)\b"
)
_STRONG = re.compile(r"\$[A-Z][A-Z_]+|\b[A-Z]+_HERE\b")


def fixed_words(text: str, glossary: Mapping[str, str]) -> int:
    """How many words of a template are fixed text."""
    return sum(len(piece.split()) for piece in cut(text, glossary) if isinstance(piece, str))


def is_command(text: str) -> bool:
    """Whether the text is a short fixed command such as DONE."""
    text = unquote(text.strip())
    return bool(_COMMAND.fullmatch(text)) and len(text) <= 30


def line_shape(text: str, glossary: Mapping[str, str], *, listed: bool) -> Shape | None:
    """The template in one line of a prompt, with its purpose beside it.

    Args:
        text: the line without its bullet.
        glossary: placeholders that the prompt defines.
        listed: whether the line stands in a list of replies, so that short fixed text is a command.
    """
    body = META.sub("", META.sub("", text.strip()))
    body = body[imperative(body) :]
    headed = _BRACKET_HEAD.match(body)
    if headed and not marks(headed.group(2), glossary):
        return Shape(text=headed.group(1), purpose=headed.group(2).strip(" ."))
    whole = leading(_bare(body), glossary)
    beside = _ITEM_PURPOSE_AFTER.match(body)
    if (
        beside
        and _PURPOSE.match(beside.group(2))
        and not marks(beside.group(2), glossary)
        and (is_pure(_bare(beside.group(1)), glossary) or is_command(beside.group(1)) or listed)
    ):
        return Shape(text=_bare(beside.group(1)), purpose=beside.group(2).strip())
    if is_pure(whole, glossary) and not _purposeful(whole):
        return Shape(text=whole)
    for shape, purpose, dashed in _divisions(body):
        shape = _bare(_INTRODUCED.sub("", shape))
        if (
            "{" in purpose
            or purpose.count('"') % 2
            or (re.search(r"[.!?]\s", purpose) and not is_pure(whole, glossary))
        ):
            continue
        shape = leading(shape, glossary)
        if is_pure(shape, glossary, spoken=listed) or is_command(shape) or (listed and _short(shape, purpose, dashed)):
            return Shape(text=shape, purpose=purpose)
    if listed and (is_command(whole) or is_pure(whole, glossary, block=True, spoken=True)):
        return Shape(text=whole)
    return None


def imperative(text: str) -> int:
    """How many characters before a tag only tell to write it ("Write GUESS: <word>")."""
    match = _IMPERATIVE.match(text)
    return match.end() if match else 0


def _divisions(body: str) -> list[tuple[str, str, bool]]:
    """The ways to divide a line into a template and its purpose, likeliest first; and whether a dash parts them."""
    found: list[tuple[str, str, bool]] = []
    quoted = _ITEM_QUOTED.match(body)
    if quoted:
        found.append((quoted.group(1), quoted.group(2).strip(), False))
    after = _ITEM_PURPOSE_AFTER.match(body)
    if after and "_HERE" not in after.group(2) and "$" not in after.group(2):
        found.append((after.group(1), after.group(2).strip(), False))
    verbs = [match for match in _ITEM_VERB.finditer(body[:200]) if match.start() >= 3]
    for match in verbs:
        if body[: match.start()].rstrip().endswith(","):
            found.append((body[match.end() :], body[: match.start()].rstrip(" ,"), False))
    before = _ITEM_PURPOSE_BEFORE.match(body)
    if before and not marks(before.group(1)) and not _TAGGED_PARENS.fullmatch(body):
        found.append((before.group(2), before.group(1).strip(), False))
    for match in verbs:
        if not body[: match.start()].rstrip().endswith(","):
            found.append((body[match.end() :], body[: match.start()].rstrip(), False))
    dash = _ITEM_DASH.match(body)
    if dash:
        found.append((dash.group(1), dash.group(2).strip(), True))
    return found


_NEXT_SENTENCE = re.compile(r"[ \t]+(?=[A-Z][a-z]+,? [a-z$<A-Z])")


def leading(body: str, glossary: Mapping[str, str]) -> str:
    """The template that a text begins with, when another sentence follows without a full stop."""
    for match in _NEXT_SENTENCE.finditer(body[:400]):
        if body[: match.start()].rstrip(" .")[-1:] in ">]})" and is_pure(body[: match.start()].rstrip(" ."), glossary):
            return body[: match.start()].rstrip()
    if is_pure(body.rstrip("."), glossary):
        return body
    for match in _NEXT_SENTENCE.finditer(body[:400]):
        head = body[: match.start()].rstrip(" .")
        if is_pure(head, glossary) or is_command(head) or (len(head.split()) <= 2 and len(body) - len(head) > 20):
            return body[: match.start()].rstrip()
    return body


def _purposeful(text: str) -> bool:
    """Whether a text that looks like a tag and a hole is in truth a purpose and a template ("to move: <direction>")."""
    match = _ITEM_PURPOSE_BEFORE.match(text)
    return (
        match is not None
        and bool(_PURPOSE.match(match.group(1)))
        and " " in match.group(1)
        and not marks(match.group(1))
        and not match.group(1).split()[0].isupper()
    )


def _short(shape: str, purpose: str, dashed: bool) -> bool:
    """Whether a few plain words may be a fixed command, given the purpose beside them."""
    if len(shape.split()) > 3 or len(shape) > 40:
        return False
    return bool(_PURPOSE.match(purpose)) and (not dashed or len(purpose.split()) >= 2)


def _bare(text: str) -> str:
    """A template without the quotation marks and the full stop around it."""
    text = text.strip()
    if text.endswith((".", ";", ",")) and not text.endswith("...") and not _SPOKEN.fullmatch(text):
        text = text[:-1].rstrip()
    if len(text) >= 2 and text[0] in "\"'`“‘" and text[-1] in "\"'`”’" and text[1:-1].count(text[0]) == 0:
        text = text[1:-1].strip()
    if (text[:2] == '"{' and text[-2:] == '}"') or (text[:1] in "\"'`" and _NAMED.fullmatch(text[1:-1])):
        text = text[1:-1]
    return text[2:-2].strip() if text.startswith("**") and text.endswith("**") and text.count("**") == 2 else text


_SPOKEN = re.compile(r"[A-Z][a-z']*(?:,? [\w'$<>\[\]_-]+){2,14}[.!]")
"""A whole sentence, whose full stop is part of it."""


def pieces_of(text: str, glossary: Mapping[str, str], *, block: bool = False) -> Pieces:
    """Cuts a template: JSON objects by their own rules, calls and bracketed commands by contrast."""
    if _CONTRAST.fullmatch(text) or _NAMED.fullmatch(text):
        return presumed(text, glossary)
    if text.startswith("{") and text.endswith("}"):
        found = cut_object(text, glossary)
        if found is not None:
            return found
    return cut(text, glossary, block=block)
