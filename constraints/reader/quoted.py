"""Templates, tags and commands in quotation marks, told apart by the words before them."""

import re
from collections.abc import Mapping

from constraints.reader.cues import NEGATED, OTHERS, OWN, SAY, Statement, announcements, purpose_of, state
from constraints.reader.quotation import Quote, quotes
from constraints.reader.regions import TAG_LINE
from constraints.reader.scan import Page, Sentence
from constraints.reader.shapes import is_command, is_pure, pieces_of
from constraints.reader.templates import Hole, Pieces, cut, join

_START = re.compile(
    r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|prefix(?:ed|ing)?|preced(?:ed?|ing)|introduced?|"
    r"open(?:s|ing)?)\b([^.\"']{0,90}?)\b(?:with|by|using)\s+"
    r"(?:(?:the|an?|this) )?(?:exact )?(?:tag|word|keyword|prefix|label|phrase|string|text|symbol|"
    r"character|sign|letters)?\s*:?\s*$"
)


_TAGS = re.compile(r"\b(?:tags?|labels?|keywords?|prefix(?:es)?|fields?|headings?|headers?)\s*:?\s*$")


_SAY_STRONG = re.compile(
    r"\b(?:use|write|say|reply|answer|respond|output|type|send|give|return|state|enter|submit|"
    r"print|replying|answering|saying|writing|or|with|to|by)\b"
    r"(?:\s+(?:with|only|just|simply|exactly|the|word|words|command|phrase|message|line|by|saying|"
    r"writing|replying|answering|instead|in|form|format|of|a|as|either|following|back|:)){0,6}\s*$"
)


_LOOKS = re.compile(
    r"\b(?:repl(?:y|ies)|answers?|messages?|responses?)\b[^.]{0,30}\b(?:look(?:s|"
    r"ing)? (?:exactly )?like|of the form|in the form|such as|like)\s*$"
)


def quoted(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """Templates and tags in quotation marks."""
    found: list[Statement] = []
    previous: Quote | None = None
    role = ""
    for quote in quotes(sentence.text):
        before = sentence.lower[: quote.start]
        linked = previous is not None and re.fullmatch(
            r"[\s,;]*(?:(?:if|when|in case)\s[^,;\"]{2,60}?[\s,;]+)?(?:and|or|then|else|otherwise|"
            r"followed by)?[\s]*(?:with )?(?:the )?(?:tag )?",
            sentence.lower[previous.end : quote.start],
        )
        role = (role if linked else "") or _role(before, quote.text, sentence, glossary)
        previous = quote
        if not role or role == "skip":
            continue
        carried = bool(linked) and bool(found) and found[-1].span.start >= sentence.start
        statement = _from_quote(page, sentence, quote, role, glossary, carried)
        if statement is None:
            role = "" if role != "tags" else role
            continue
        joins = (
            bool(found)
            and found[-1].span.start >= sentence.start
            and _chains(sentence.lower, found[-1], quote, role, sentence)
        )
        found.append(
            Statement(
                pieces=statement.pieces,
                span=statement.span,
                confidence=statement.confidence,
                purpose=statement.purpose,
                joins=joins,
                line=statement.line,
            )
        )
    return found


def _chains(lower: str, last: Statement, quote: Quote, role: str, sentence: Sentence) -> bool:
    """Whether two tags of one sentence belong to one reply ("the tags X and Y"; "start … X, put a new line, … Y")."""
    between = lower[max(0, last.span.end - sentence.start) : quote.start]
    if re.search(r"\bor\b|\b(?:if|when|once|instead)\b|\bfor (?:your|the|a) (?:final|last|actual)\b", between):
        return False
    return role == "tags" or (
        bool(re.search(r"new line|next line|second line|then\b|followed by|and (?:your|the|start|begin|a)\b", between))
        and role == "start"
    )


_PARTS = re.compile(r"\b(?:sections?|paragraphs?|post-?scripts?|titles?|bullets?|each (?:part|line|item)|chapters?)\b")
_WHO = re.compile(
    r"\b(?:who(?:'s| is) (?:talking|speaking)|start of (?:the|each|every) (?:message|line)|marked|"
    r"recogni[sz]e|you(?:'ll| will) (?:see|know|recogni[sz]e|hear))\b"
)


def _role(before: str, text: str, sentence: Sentence, glossary: Mapping[str, str]) -> str:
    """What a quotation does: "start" (a tag), "tags", "say" (a whole reply), "" for nothing of ours."""
    if NEGATED.search(before[-70:]) or _WHO.search(before):
        return ""
    if _PARTS.search(before[-90:]) and not text.rstrip().endswith(":"):
        return ""
    if _START.search(before):
        own = OWN.search(before) or (OWN.search(sentence.text) and not announcements(sentence))
        return "start" if own and not re.search(r"\b(?:do not|don't|never|not)\s+(?:start|begin)", before) else ""
    if _TAGS.search(before) and (
        text.rstrip().endswith(":") or (re.search(r"\b(?:use|using|with|under)\b", before) and "keyword" not in before)
    ):
        return "tags"
    if OTHERS.search(before[-110:]) and not _LOOKS.search(before[-60:]):
        return ""
    if _SAY_STRONG.search(before[-90:]) or (
        SAY.search(before[-60:])
        and (is_command(text) or ":" in text or "<" in text or "[" in text or is_pure(text, glossary, spoken=True))
    ):
        return "say"
    return ""


def _from_quote(
    page: Page, sentence: Sentence, quote: Quote, role: str, glossary: Mapping[str, str], carried: bool
) -> Statement | None:
    text = quote.text.strip()
    purpose = purpose_of(sentence, quote.start, quote.end)
    if role in ("start", "tags"):
        if len(text) > 40 or not text:
            return None
        if role == "start" and text[-1].isalpha() and not text.isupper():
            return None  # words to begin with are a rule, not a tag
        if text in ("-", "*", "•", "–"):
            return None  # a bullet
        gap = "" if text[-1] in "[({<" else " "
        pieces: Pieces = join(
            [text + gap, Hole(label=_started(sentence.lower[: quote.start]), tag=text.rstrip(": ").lower())]
        )
        return state(page, sentence, quote.start, quote.end, pieces, 0.85, purpose)
    if TAG_LINE.fullmatch(text):
        return state(
            page,
            sentence,
            quote.start,
            quote.end,
            join([text + " ", Hole(label="", tag=text.rstrip(": ").lower())]),
            0.7,
            purpose,
        )
    defined = any(term in text for term in glossary if not term.islower()) and len(text.split()) <= 12
    if defined and any(isinstance(piece, Hole) for piece in cut(text, glossary)):
        return state(page, sentence, quote.start, quote.end, cut(text, glossary), 0.85, purpose)
    if is_pure(text, glossary, spoken=True) or is_command(text) or TAG_LINE.match(text) or len(text.split()) <= 4:
        if (
            not is_pure(text, glossary, spoken=True)
            and not is_command(text)
            and not TAG_LINE.match(text)
            and not carried
            and not _firm(sentence.lower[: quote.start])
        ):
            return None
        return state(page, sentence, quote.start, quote.end, pieces_of(text, glossary), 0.8, purpose)
    return None


_FIRM = re.compile(
    r"\b(?:reply|answer|respond|say|write|type|output)(?: back)?(?: with| by (?:saying|"
    r"writing))?(?: just| only| exactly| simply)*(?: the (?:word|phrase|command|text))?\s*:?\s*$"
)


def _firm(before: str) -> bool:
    """Whether plain words in quotation marks are surely a reply ("say "stop"")."""
    told = re.search(r"\b(?:you|your|to|if|when|once|please)\b", before)
    imperative = re.match(r"(?:please |simply |just )?(?:say|reply|answer|respond|write|type)\b", before)
    return bool(_FIRM.search(before[-60:])) and bool(told or imperative)


def _started(before: str) -> str:
    """The words between "start" and "with", which name what follows the tag."""
    match = _START.search(before)
    words = match.group(1).strip() if match else ""
    return re.sub(r"^(?:your|the|an?|each|every|all|any|of)\s+", "", words).strip()[:60]
