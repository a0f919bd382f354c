"""Sample replies: what an example value tells about a hole, and a form read from a sample alone.

"OFFER: 14" after "for example" is no template, but it shows fixed text, the
marks between fixed text and value, and what the value looks like.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from constraints.reader.quotation import quotes
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.templates import Hole, Piece, Pieces, join

MOST_SAMPLES = 12

_CUE = re.compile(
    r"(?i)(?:\be\.\s?g\.|\bfor example\b|\bfor instance\b|\bsuch as\b|\b(?<!looks )(?<!look )like(?: so| "
    r"this)?\b|\bas in\b|"
    r"\bexamples?(?: of)?(?: (?!of)[a-z]{1,12}){0,3}(?=\s?[:\"'`(])|\bsample(?: [a-z]{1,12}){0,2}(?=\s?:))"
    r"[,:]?\s*(?:just |simply |(?:you )?(?:could |would |can )?(?:write|answer|say|type|reply)(?: with)?:? |"
    r"with )?(?=\S)"
)
_BARE = re.compile(
    r"(?:[A-Z]{2,}|[A-Z][a-z]{0,20}:|[>$#/!\[({<]\s?\S|[\w.]{1,12}[-:/(=|]\w|[A-Za-z]{1,2}\d[\w]*|\d)[^\n]{0,90}?"
    r"(?=[.;!?](?:\s|$)|\)(?:[\s.,;]|$)|,\s(?:where|or\b|otherwise|if|and|which|in|to|meaning|please|but)\b|"
    r"\s(?:if|or|to|when|where|means|for)\b|$)"
)
_STRUCTURED = re.compile(
    r"(?:[a-z]{1,3}\d{1,3}){2,4}=\w{1,4}|"
    r"(?=[^\n]*[\d\W])[A-Za-z0-9]{1,4}(?:[-–:/.,_+][A-Za-z0-9]{1,4}){1,19}|[A-Za-z]{1,2}\d{1,3}[A-Za-z]?\d{0,3}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample.

    Attributes:
        text: the sample.
        start: offset in the message.
        end: one past its end.
        sentence: index of the sentence where it stands.
    """

    text: str
    start: int
    end: int
    sentence: int


def read_samples(page: Page) -> list[Sample]:
    """Sample replies that the rules of a message show, in order."""
    found: list[Sample] = []
    for index, sentence in enumerate(page.sentences):
        if sentence.region is not Region.RULE or len(found) >= MOST_SAMPLES:
            continue
        for cue in _CUE.finditer(sentence.text):
            sample = _after(sentence, cue.end(), index)
            if sample is not None:
                found.append(sample)
    return found


def _after(sentence: Sentence, at: int, index: int) -> Sample | None:
    quoted = next(
        (quote for quote in quotes(sentence.text) if quote.start <= at + 1 and quote.end > at + 1),
        None,
    )
    if quoted is not None and quoted.start >= at - 1:
        start = sentence.start + quoted.start + 1
        return Sample(
            text=quoted.text.strip(),
            start=start,
            end=start + len(quoted.text),
            sentence=index,
        )
    bare = _BARE.match(sentence.text, at)
    if bare is None:
        return None
    text = bare.group().rstrip(" ,")
    text = text[:-1].rstrip() if text.endswith(".") and not text.endswith("..") else text
    if text.count("(") > text.count(")"):
        text += ")" if sentence.text[bare.end() : bare.end() + 1] == ")" else ""
    return Sample(
        text=text,
        start=sentence.start + at,
        end=sentence.start + at + len(text),
        sentence=index,
    )


def fitted(pieces: Pieces, samples: Sequence[Sample]) -> Pieces:
    """A template with the values that the first fitting sample shows for its holes; marks as the sample has them."""
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    if not holes or any(hole.inside != "line" or hole.sample for hole in holes):
        return pieces
    for sample in samples:
        values = _values(pieces, sample.text)
        if values is not None:
            known = iter(values)
            return _split_marks(
                [piece if isinstance(piece, str) else replace(piece, sample=next(known)) for piece in pieces]
            )
        adopted = _adopted(pieces, sample.text)
        if adopted is not None:
            return adopted
    return pieces


def _values(pieces: Pieces, text: str) -> list[str] | None:
    """What the holes hold in a sample; None when it does not fit."""
    pattern = "".join(
        r"\s*".join(map(re.escape, piece.split())).join(
            (
                r"\s*" if piece[:1].isspace() else "",
                r"\s*" if piece[-1:].isspace() else "",
            )
        )
        if isinstance(piece, str)
        else r"(\S[^\n]{0,120}?)"
        for piece in pieces
    )
    if not any(isinstance(piece, str) and piece.strip() for piece in pieces):
        return None
    match = re.fullmatch(pattern, text)
    return [group.strip() for group in match.groups()] if match else None


_MARKS = re.compile(r"\s?(?::|=>|->|→|=|\s[-–]\s)?\s*")


def _adopted(pieces: Pieces, text: str) -> Pieces | None:
    """A template of fixed text and one hole, with the marks between them as a sample has them."""
    if len(pieces) != 2 or not isinstance(pieces[0], str) or not isinstance(pieces[1], Hole):
        return None
    word = pieces[0].strip(" :=->")
    if not word or not text.startswith(word):
        return None
    marks = _MARKS.match(text, len(word))
    gap = marks.group() if marks else ""
    value = text[len(word) + len(gap) :].strip()
    if not value or (not gap and value[0].isalnum()):
        return None
    return _split_marks([word + gap, replace(pieces[1], sample=value)])


def _split_marks(pieces: Sequence[Piece]) -> Pieces:
    """Brackets and units around the value of a sample become fixed text ("(5, 5)", "40%")."""
    out: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) or not piece.sample:
            out.append(piece)
            continue
        value = piece.sample
        before = after = ""
        if (
            value[0] in "([{\"'"
            and value[-1] == {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}[value[0]]
            and len(value) > 2
        ):
            before, value, after = value[0], value[1:-1], value[-1]
        unit = re.fullmatch(r"(-?\d{1,9})(\s?(?:%|€|\$|£)| (?:coins?|points?|euros?|dollars?))", value)
        if unit:
            value, after = unit.group(1), unit.group(2) + after
        out += [before, replace(piece, sample=value.strip()), after]
    return join(out)


def shape_of(value: str) -> str:
    """A pattern of values that look like this one; "" when the value is plain words."""
    if value == "null":
        return "(-?[0-9]{1,9}|null)"
    if re.fullmatch(r"-?\d{1,9}(?:,\s?-?\d{1,9}){1,39}", value):
        gap = ", ?" if ", " in value else ","
        return f"-?[0-9]{{1,9}}({gap}-?[0-9]{{1,9}}){{0,39}}"
    if re.fullmatch(r"-?\d{1,9}(?: -?\d{1,9}){1,39}", value):
        count = value.count(" ")
        return f"-?[0-9]{{1,9}}( -?[0-9]{{1,9}}){{{count},{count}}}"
    if not _STRUCTURED.fullmatch(value):
        return ""
    if re.fullmatch(r"(?:[a-z]{1,3}\d{1,3}){2,4}=\w{1,4}", value):
        return re.sub(
            r"\d+",
            lambda run: "[0-9]" if len(run.group()) == 1 else f"[0-9]{{1,{len(run.group())}}}",
            value,
        )
    groups = re.split(r"([-–:/.,_+])", value)
    words, gaps = groups[::2], groups[1::2]
    classes = [_class(word) for word in words]
    alike = len(words) >= 3 and len(set(classes)) == 1 and len(set(gaps)) == 1
    if alike and words[0].isdigit():
        digits = classes[0] if gaps[0] == "-" else "[0-9]{1,4}"
        return f"{digits}({re.escape(gaps[0])}{digits}){{{len(gaps)},{len(gaps)}}}"
    if alike:
        return f"{classes[0]}({re.escape(gaps[0])}{classes[0]}){{1,39}}"
    return classes[0] + "".join(re.escape(gap) + one for gap, one in zip(gaps, classes[1:], strict=True))


def _class(word: str) -> str:
    """The pattern of a run of letters and digits: single letters by case, digits by their number."""
    out = ""
    for run in re.findall(r"\d+|[A-Z]+|[a-z]+", word):
        if run.isdigit():
            out += "[0-9]" if len(run) == 1 else f"[0-9]{{1,{len(run)}}}"
        else:
            out += ("[A-Z]" if run.isupper() else "[a-z]") + (f"{{{len(run)}}}" if len(run) > 1 else "")
    return out


_HEAD = re.compile(
    r"\*{0,2}[^\W\d_][\w' -]{0,24}\*{0,2}\s?(?::|=>|->|→|=)\*{0,2}\s*|[A-Z]{2,}(?:[ _][A-Z]{2,}){0,2}(?:\s+|"
    r"(?=\())|[>$#/!]{1,3}\s?"
)


def from_sample(text: str) -> Pieces | None:
    """A form that a sample alone shows: fixed text, brackets, and a hole shaped like the sample's value."""
    head = None if _STRUCTURED.fullmatch(text) else _HEAD.match(text)
    lead = head.group() if head else ""
    value = text[len(lead) :].strip()
    if not value:
        return None
    numbered = re.fullmatch(r"(\d{1,3})([.):])\s+(\S.*)", value)
    if lead and numbered:
        return join(
            [
                lead,
                Hole(label="number", sample=numbered.group(1)),
                numbered.group(2) + " ",
                Hole(label="", tag=_name(lead), sample=numbered.group(3)),
            ]
        )
    pieces = _split_marks(
        [lead, Hole(label="", tag=_name(lead), sample=value)] if lead else [Hole(label="", sample=value)]
    )
    if not any(isinstance(piece, str) and piece.strip() for piece in pieces) and not shape_of(value):
        return None
    return pieces


def _name(lead: str) -> str:
    return re.sub(r"[^\w' -]", "", lead).strip().lower() or "answer"
