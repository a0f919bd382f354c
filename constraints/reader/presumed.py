"""Templates that a cue vouches for: what is fixed and what is a hole, without marked placeholders.

`constraints.reader.templates` needs marks (`<…>`, `$X`). Here the prompt has
said that the text is the form of a reply, so contrast tells instead: capital
letters against small ones, a tag against what follows it, the arguments of a
call against its name.
"""

import re
from collections.abc import Mapping

from constraints.reader.json_forms import cut_object
from constraints.reader.templates import (
    Hole,
    Piece,
    Pieces,
    cut,
    join,
    marks,
    unquote_mark,
)
from constraints.reader.words import unquote

CONSTANTS = re.compile(
    r"(?i)(?:DONE|STOP|END|EXIT|QUIT|PASS|FINISH(?:ED)?|YES|NO|TRUE|FALSE|NONE|OK|SKIP|WAIT|HOLD|FOLD|STAY|LEAVE|"
    r"ACCEPT|REJECT|AGREE|REFUSE|DEAL|NO DEAL|READY|GIVE ?UP|RESIGN|CALL|CHECK|STAND|HIT|NULL|N/A|NOTHING)"
)
"""Words that are whole replies or values rather than names of what to write."""

_HEAD = re.compile(
    r"(?:\*{0,2}(?:[^\W\d_][\w'’.#-]{0,24}|\d{1,2}[.)]?)(?: [\w'’#-]{1,20}){0,3}\*{0,2}"
    r"\s?(?::|=>|->|→|=|(?<=\s)[-–—](?=\s))\*{0,2})[ \t]*"
)
_COMMAND = re.compile(r"[A-Z]{2,}(?:[ _-][A-Z]{2,}){0,2}(?=[ \t]+\S)")
_SYMBOL = re.compile(r"(?:>{1,3}|=>|->|→|\$|#|/|!|@|~|%)[ \t]?")
_CALL = re.compile(r"([A-Za-z_][\w.-]{0,30})\(([^()\n]{0,160})\)[.;]?")
_VERB = re.compile(r"[a-z][a-z_-]{1,20}(?=[ \t]+(?:[A-Z][A-Z0-9_]*\b|[<\[{$#]))")
_ENUMERATED = re.compile(r"[^|/,\n]{1,30}(?:\s?\|\s?[^|\n]{1,30}){1,19}|[\w'-]{1,20}(?:/[\w'-]{1,20}){1,19}")
_EITHER = re.compile(r"(?i)\"?([\w'-]{1,20})\"?,? (?:or|OR) \"?([\w'-]{1,20})\"?")
_PARENS = re.compile(r"\(([^()\n]{2,120})\)\.?|\[([^\[\]\n]{2,120})\]|<([^<>\n]{2,120})>")
_VARIABLE = re.compile(r"(?<![\w'])(?:[b-hj-zB-HJ-Z]|[A-Z]{2,12})(?![\w'])")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,4})?")
_QUOTED = re.compile(r"([\"'“])([^\"'“”\n]{0,120})([\"'”])")


def presumed(text: str, glossary: Mapping[str, str]) -> Pieces:
    """Cuts a template that is known to be one.

    Args:
        text: one or several lines.
        glossary: placeholder as written to its meaning.
    """
    if text.startswith("{") and text.endswith("}"):
        found = cut_object(" ".join(text.split()), glossary)
        if found is not None:
            return found
    pieces: list[Piece] = []
    for index, line in enumerate(text.split("\n")):
        if index:
            pieces.append("\n")
        pieces.extend(_line(line.strip(), glossary))
    return join(pieces)


def _line(line: str, glossary: Mapping[str, str]) -> list[Piece]:
    """The pieces of one line."""
    call = _CALL.fullmatch(line)
    if call:
        return [call.group(1) + "(", *_arguments(call.group(2), glossary), ")"]
    if line.endswith(":") and re.fullmatch(r"[A-Z][A-Z _-]{0,40}:", line):
        return [line]
    tagged = re.match(r"\[[A-Z][A-Z _-]{1,24}\]\s+(?=\S)", line)
    if tagged:
        return [
            tagged.group().rstrip() + " ",
            *_rest(line[tagged.end() :], _name(tagged.group()), glossary, commanded=True),
        ]
    bracketed = _bracketed(line, glossary) or _separated(line, glossary)
    if bracketed:
        return bracketed
    if marks(line, glossary):
        found = cut(line, glossary, block=True)
        if any(isinstance(piece, Hole) for piece in found):
            return _finer(list(found), glossary)
    return _behind(line, glossary)


_NAMES = re.compile(
    r"[A-Z]{1,12}(?:(?: [|;,/>-] |\|\||; |[-:/>=|;,])[A-Z]{1,12}){1,5}|[a-z][a-z ]{1,24}(?:\s?;\s?[a-z][a-z "
    r"]{1,24}){1,5}"
)


def _separated(line: str, glossary: Mapping[str, str]) -> list[Piece]:
    """Names of values with marks between them ("FROM-TO", "HH:MM | EVENT", "urgency; reason"); [] for anything else."""
    if not _NAMES.fullmatch(line):
        return []
    names = re.split(r"(\s?(?:\|\||[-:/>=|;,])\s?)", line)
    if all(CONSTANTS.fullmatch(name) or len(name) == 1 for name in names[2::2]):
        return []
    return [part if index % 2 else Hole(label=part, meaning=_told(part, glossary)) for index, part in enumerate(names)]


def _behind(line: str, glossary: Mapping[str, str]) -> list[Piece]:
    """A prompt symbol, a tag, a command or a verb, and what stands behind it."""
    symbol = _SYMBOL.match(line)
    if symbol and symbol.end() < len(line):
        return [
            symbol.group(),
            *_rest(line[symbol.end() :], symbol.group().strip(), glossary),
        ]
    for pattern in (_HEAD, _COMMAND, _VERB):
        head = pattern.match(line)
        if head and head.end() < len(line):
            gap = "" if head.group()[-1].isspace() else " " if pattern is not _HEAD or line[head.end()] != '"' else ""
            tight = pattern is _HEAD and not line[head.end() - 1].isspace() and "=" in head.group()
            return [
                head.group() + ("" if tight else gap),
                *_rest(
                    line[head.end() :].strip(),
                    _name(head.group()),
                    glossary,
                    commanded=pattern is not _HEAD,
                ),
            ]
    return [line]


def _bracketed(line: str, glossary: Mapping[str, str]) -> list[Piece]:
    """A line in brackets that are part of the reply; [] when it is none."""
    if line[:1] not in "[({<" or line[-1:] != {
        "[": "]",
        "(": ")",
        "{": "}",
        "<": ">",
    }.get(line[:1]):
        return []
    inner = line[1:-1].strip()
    if inner and _headed(inner, glossary) and not inner.endswith(("]", ")", ">")):
        return [
            line[0] + line[1 : line.index(inner)],
            *_line(inner, glossary),
            line[-1],
        ]
    return [line] if line[0] == "[" and (CONSTANTS.fullmatch(inner) or inner.isupper()) else []


def _headed(inner: str, glossary: Mapping[str, str]) -> bool:
    """Whether the inside of brackets begins with fixed text of its own."""
    return bool(
        (_HEAD.match(inner) or _COMMAND.match(inner) or _VERB.match(inner)) and not inner.lower().startswith("your ")
    ) or (bool(_COMMAND.match(inner)) and marks(inner, glossary))


def _name(head: str) -> str:
    return re.sub(r"[^\w'’ -]", "", head).strip(" -").lower()


def _arguments(text: str, glossary: Mapping[str, str]) -> list[Piece]:
    """The arguments of a call, each a hole, with the quotation marks that the call shows."""
    pieces: list[Piece] = []
    named_ones = bool(re.match(r"\w{1,30}\s?=", text))
    for index, raw in enumerate(re.split(r"(,\s*(?=\w{1,30}\s?=))" if named_ones else r"(,\s*)", text)):
        if index % 2:
            pieces.append(raw)
            continue
        quoted = _QUOTED.fullmatch(raw.strip())
        inner = quoted.group(2) if quoted else raw.strip()
        label = unquote_mark(inner)
        named, _, value = label.partition("=")
        if value and named.strip().isidentifier() and not quoted:
            hole = Hole(
                label=unquote(value.strip()),
                tag=named.strip().lower(),
                meaning=_told(value, glossary),
            )
            shown = value.strip()[:1] if value.strip()[:1] in "\"'" else ""
            pieces += [named.strip() + "=" + shown, hole, shown] if shown else [named.strip() + "=", hole]
        elif not inner and not quoted:
            pieces.append(raw)
        else:
            hole = Hole(label=label, meaning=_told(inner, glossary))
            pieces += [quoted.group(1), hole, quoted.group(3)] if quoted else [hole]
    return pieces


def _told(text: str, glossary: Mapping[str, str]) -> str:
    bare = unquote_mark(text.strip())
    return next(
        (meaning for term, meaning in glossary.items() if unquote_mark(term) == bare),
        "",
    )


def _rest(text: str, tag: str, glossary: Mapping[str, str], *, commanded: bool = False) -> list[Piece]:
    """What stands behind a tag, a command or a prompt symbol."""
    text = text.strip()
    whole = text.rstrip(".") if not text.endswith("...") else text
    if CONSTANTS.fullmatch(whole) and whole.isupper():
        return [whole]
    if _ENUMERATED.fullmatch(whole) or _EITHER.fullmatch(whole):
        return [Hole(label=whole, tag=tag)]
    parens = _PARENS.fullmatch(text)
    if parens:
        label = next(group for group in parens.groups() if group is not None)
        return [Hole(label=label, tag=tag, meaning=_told(label, glossary))]
    quoted = _QUOTED.fullmatch(whole)
    if quoted:
        return [
            quoted.group(1),
            Hole(label=unquote_mark(quoted.group(2)), tag=tag),
            quoted.group(3),
        ]
    if marks(text, glossary):
        found = cut(f"{tag}: {text}", glossary, block=True)
        if any(isinstance(piece, Hole) for piece in found) and isinstance(found[0], str):
            first = found[0][found[0].index(":") + 1 :].lstrip()
            return _finer([piece for piece in (first, *found[1:]) if piece != ""], glossary)
    if commanded and len(_VARIABLE.findall(whole)) >= 2:
        return _variables(whole, tag, glossary)
    fixed = re.match(r"([A-Z]{2,}(?: [A-Z]{2,})*) (?=[a-z<\[])", whole)
    if fixed and not commanded:
        return [
            fixed.group(),
            *_rest(whole[fixed.end() :], tag, glossary, commanded=True),
        ]
    return [Hole(label=unquote_mark(whole), tag=tag, meaning=_told(whole, glossary))]


def _variables(text: str, tag: str, glossary: Mapping[str, str]) -> list[Piece]:
    """Several names of values with fixed text between them ("DISH x AMOUNT", "N to M")."""
    pieces: list[Piece] = []
    at = 0
    capitals = bool(re.search(r"[A-Z]{2}", text))
    for match in _VARIABLE.finditer(text):
        if capitals and match.group().islower():
            continue  # the "x" of "DISH x AMOUNT"
        pieces += [
            text[at : match.start()],
            Hole(label=match.group(), meaning=_told(match.group(), glossary)),
        ]
        at = match.end()
    return [piece for piece in (*pieces, text[at:]) if piece != ""]


def _finer(pieces: list[Piece], glossary: Mapping[str, str]) -> list[Piece]:
    """Pieces of a marked template, where one name of a value is in capitals with the others like it."""
    if not any(isinstance(piece, Hole) and piece.label.isupper() for piece in pieces):
        return [piece for piece in pieces if piece != ""]
    out: list[Piece] = []
    for index, piece in enumerate(pieces):
        at = 0
        if isinstance(piece, str) and index:
            for match in re.finditer(r"(?<![\w</])[A-Z]{2,}(?:_[A-Z]+)*(?![\w>:=])", piece):
                if not CONSTANTS.fullmatch(match.group()):
                    out += [
                        piece[at : match.start()],
                        Hole(label=match.group(), meaning=_told(match.group(), glossary)),
                    ]
                    at = match.end()
            piece = piece[at:]
        out.append(piece)
    return [piece for piece in out if piece != ""]
