"""Sentences and lines that state the form of a reply.

Finds templates and what is said around them: what they are for, which
messages call for them, whether several are alternatives or lines of one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from constraints.reader.json_forms import closing, objects
from constraints.reader.scan import TAG_LINE, Page, Quote, Region, Sentence, quotes
from constraints.reader.shapes import META, is_command, is_pure, leading, pieces_of
from constraints.reader.templates import Hole, Pieces, cut, join
from constraints.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a form.

    Attributes:
        pieces: fixed text and holes.
        span: where it was read.
        confidence: how sure the reader is.
        purpose: the words that say when to use it.
        trigger: tag (lower case) of the messages that call for it; "" for any.
        joins: whether it is a further line of the form stated before it in the same sentence.
        line: where it stands, for ordering.
    """

    pieces: Pieces
    span: Span
    confidence: float
    purpose: str = ""
    trigger: str = ""
    joins: bool = False
    line: int = 0


_START = re.compile(
    r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|prefix(?:ed|ing)?|preced(?:ed?|ing)|introduced?|"
    r"open(?:s|ing)?)\b([^.\"']{0,90}?)\b(?:with|by|using)\s+"
    r"(?:(?:the|an?|this) )?(?:exact )?(?:tag|word|keyword|prefix|label|phrase|string|text|symbol|"
    r"character|sign|letters)?\s*:?\s*$"
)
_TAGS = re.compile(r"\b(?:tags?|labels?|keywords?|prefix(?:es)?|fields?|headings?|headers?)\s*:?\s*$")
_SAY = re.compile(
    r"\b(?:use|using|write|writing|say|saying|reply|answer|respond|output|type|send|give|return|"
    r"state|enter|submit|form|format|formatted|exactly|"
    r"template|syntax|like|like this|as|with|or|print|produce|put|append|issue)\b[^.\"']{0,40}$"
)
_SAY_STRONG = re.compile(
    r"\b(?:use|write|say|reply|answer|respond|output|type|send|give|return|state|enter|submit|"
    r"print|replying|answering|saying|writing|or|with|to|by)\b"
    r"(?:\s+(?:with|only|just|simply|exactly|the|word|words|command|phrase|message|line|by|saying|"
    r"writing|replying|answering|instead|in|form|format|of|a|as|either|following|back|:)){0,6}\s*$"
)
_NEGATED = re.compile(r"\b(?:not|never|n't|cannot|avoid|without|no longer|rather than|instead of)\b[^,;.]{0,40}$")
_OTHERS = re.compile(
    r"\b(?:i|me|we|he|she|they|partner|player|opponent|recruiter|questioner|other|master|game|"
    r"user|they'll|i'll|teammate|guesser|describer)\b"
    r"(?: \w+){0,4} (?:say|says|write|writes|ask|asks|answer|answers|reply|replies|respond|"
    r"responds|use|uses|send|sends|give|gives|tell|tells|start|starts|begin|will)\b[^.;]{0,60}$"
    r"|\b(?:such as|e\.g\.,?|for example,?|for instance,?|i\.e\.|called|named|the (?:target |"
    r"secret |hidden )?words?|with the words?|associated with|the question|feedback for|"
    r"marked(?: with| as)?|denoted (?:by|with)|denotes)\s*(?:the word )?$"
)
_ANNOUNCED = re.compile(
    r"(?i:\b(?:questions?|guess(?:es)?|clues?|hints?|messages?|answers?|commands?|repl(?:y|ies)|"
    r"feedback|instructions?|descriptions?|"
    r"proposals?|statements?|these|they|lines?|utterances?|turns?|words?|which|"
    r"that)\b[^.\"']{0,70}?\b(?:start|begin|introduced|prefixed|preceded|marked|tagged|"
    r"labelled)s?\s+"
    r"(?:with|by)\s+(?:the )?(?:tag |word |label |prefix |keyword )?)[\"'`<\[]?([A-Z][\w-]{0,24})[\"'`>\]]?"
)
_LAYOUT = re.compile(r"\blayout of (?:the|your) \w+|\b(?:map|graph) (?:is|looks)\b")
_AFTERWARDS = re.compile(r"(?i)^(?:that|this|the above) is the (?:form|format|layout|shape|only)")
_CONDITION = re.compile(
    r"\bif (?:you|he|she|they|anyone|either)\b[^.]*\b(?:lose|lost|over|abort|penalt|forfeit|ends?\b)"
)
_LOOKS = re.compile(
    r"\b(?:repl(?:y|ies)|answers?|messages?|responses?)\b[^.]{0,30}\b(?:look(?:s|"
    r"ing)? (?:exactly )?like|of the form|in the form|such as|like)\s*$"
)
_OWN = re.compile(
    r"(?i)\b(?:your?|you)\b|^(?:please |always |now |then |remember to |make sure to |"
    r"also,? )*(?:start|begin|use|prefix|generate|provide|write|give|describe|produce|output|"
    r"answer|reply|respond|return|make|put)\b"
)
_FORM_CUE = re.compile(
    r"\b(?:format|formatted|form|template|pattern|syntax|layout|structure|schema|scheme|"
    r"looks? (?:exactly )?like|like this|as follows|look like this|"
    r"stick to|exactly these lines|these lines|exactly (?:one of )?these|one of these|"
    r"these replies|(?:following|these|available|possible|allowed|valid|legal) (?:commands?|"
    r"actions?|moves?|options)|following|"
    r"(?:reply|answer|respond|response|message|output|repl(?:y|ies)|write)[^.]{0,40}:$)"
)
_REPLYING = re.compile(
    r"\b(?:repl(?:y|ies)|answers?|respon[ds]\w*|outputs?|write|messages?|turns?|say|provide|"
    r"guess(?:es)?|questions?|stick|give|command|action|move|use|using|return|format|"
    r"form|generate|each|must|choose|submit|send|looks?)\b"
)
_NOT_FORM = re.compile(
    r"\b(?:so much for|(?:in|of|has) the same form|written alike)\b|\bthe form,? (?:is|itself|"
    r"must|should|which|nowhere|occurs?|be|appear|ends|aborts)|\b(?:look for|outside|"
    r"deviates? from|should) (?:the|this) form\b|\b(?:what you get|you get back|how to read|"
    r"marks? of|earlier guess|for example|for instance|e\.g\.|example|feedback (?:will|looks|has)|"
    r"you will (?:get|receive|see)|information like|i will (?:give|send|show|tell)|"
    r"grid (?:that )?looks?)\b"
)
_AFTER_COLON = re.compile(
    r"(?:form|format|template|syntax|layout|pattern|reply|answer|response|with|this|follows|like|"
    r"way|write|use|say|following|command|tag|structure)\s?(?:\([^()]{1,40}\))?\s*:\s+(\S.*)$",
    re.IGNORECASE,
)
_INLINE_TAG = re.compile(
    r"(?<![\w\"'])([A-Z][A-Za-z]{1,20}(?: [A-Z][A-Za-z]{1,20}){0,2}:\s?(?:<[^<>\n]{1,60}>|"
    r"\[[^\[\]\n]{1,60}\]|\{[A-Za-z_ ]{1,40}\}|\$[A-Z_a-z]{1,30}))"
)
_INLINE_COMMAND = re.compile(
    r"\b(?:write|say|answer|reply|type|output|respond|send)(?: with)?(?: just| only| simply|"
    r" back)?(?: the word)? ([A-Z]{3,}(?:[ _][A-Z]{2,})?)\b(?!:)"
)
_SYMBOL = re.compile(
    r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|preced(?:ed|ing)|prefix(?:ed|"
    r"ing)?)\b[^.]{0,60}?\b(?:with|by)\s+(?:an? |the )?(?:character |symbol |sign |"
    r"prompt )?[\"'`]?([>$#/!@%]{1,3})[\"'`]?(?=[\s.,;]|$)"
)
_BRACKETS = re.compile(
    r"\b(action|move|command|answer|reply|response|guess|message|choice|decision|word|question|"
    r"clue)s?\b[^.]{0,60}?\b(?:in|inside|within|between|enclosed (?:in|by)|wrapped in|"
    r"surrounded by|put in)\s+"
    r"(double )?(square|curly|angle|angular|round)?\s?(?:brackets|parentheses|braces)\b"
)
_ELEMENT_TAGS = re.compile(
    r"\b(?:in|inside|within|between|using|with|wrapped in|"
    r"enclosed in)\b[^.<]{0,30}<([A-Za-z][\w-]{0,24})>(?:\s*(?:and|…|\.\.\.|"
    r",)?\s*</\1>)?(?:\s+tags?)?"
)
_PAIRS = {"square": "[]", "curly": "{}", "angle": "<>", "angular": "<>", "round": "()"}


def announced_tags(page: Page) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags (lower case) that another player's lines start with, and those of the game master's own lines."""
    partners: list[str] = []
    masters: list[str] = []
    speaking = False  # whether the game master announced words of its own on this line
    line = -1
    for sentence in page.sentences:
        if sentence.region is Region.DATA:
            continue
        if sentence.line != line:
            speaking, line = False, sentence.line
        speaking = speaking or bool(re.search(r"\bi (?:will|shall|'ll|also|may|am going to)\b", sentence.lower))
        for match in _announcements(sentence):
            (masters if speaking else partners).append(match.group(1).lower())
    return tuple(dict.fromkeys(partners)), tuple(dict.fromkeys(masters))


def _announcements(sentence: Sentence) -> list[re.Match[str]]:
    found = [match for match in _ANNOUNCED.finditer(sentence.text)]
    return [
        match
        for match in found
        if not re.search(r"(?i)\byour?\b", match.group())
        and not re.match(r"(?i)(?:please |always |remember to )*(?:start|begin)", sentence.text)
    ]


def read_inline(page: Page, glossary: Mapping[str, str]) -> list[Statement]:
    """Forms stated within sentences."""
    found: list[Statement] = []
    trigger, line = "", -1
    for index, sentence in enumerate(page.sentences):
        if sentence.region is Region.EXAMPLE:
            continue
        if sentence.line != line:
            trigger, line = "", sentence.line
        after = page.sentences[index + 1] if index + 1 < len(page.sentences) else None
        text = META.sub("", sentence.text.rstrip("."))
        if after is not None and _AFTERWARDS.match(after.text) and is_pure(text, glossary):
            start = sentence.text.find(text)
            found.append(_statement(page, sentence, start, start + len(text), pieces_of(text, glossary), 0.9, ""))
            continue
        announced = _announcements(sentence)
        here = _read_sentence(page, sentence, glossary)
        found.extend(_with_trigger(statement, trigger) for statement in here)
        if announced:
            trigger = announced[-1].group(1).lower()
    return found


def _with_trigger(statement: Statement, trigger: str) -> Statement:
    if not trigger:
        return statement
    return Statement(
        pieces=statement.pieces,
        span=statement.span,
        confidence=statement.confidence,
        purpose=statement.purpose,
        trigger=trigger,
        joins=statement.joins,
        line=statement.line,
    )


def _read_sentence(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    if sentence.region is Region.DATA and not sentence.closes_line:
        return []
    found = _braced(page, sentence, glossary)
    if found:
        return found + _quoted(page, sentence, glossary)
    found = _quoted(page, sentence, glossary)
    if sentence.region is Region.DATA:
        return found
    text = META.sub("", sentence.text.rstrip("."))
    if not found and is_pure(text, glossary) and any(term in sentence.text for term in glossary if not term.islower()):
        start = sentence.text.find(text)
        found = [_statement(page, sentence, start, start + len(text), pieces_of(text, glossary), 0.85, "")]
    if not found:
        found = _after_colon(page, sentence, glossary)
    if not found:
        found = _unquoted(page, sentence, glossary)
    return found


def _braced(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """JSON objects within a sentence."""
    if "{" not in sentence.text or not (_REPLYING.search(sentence.lower) or sentence.text.startswith("{")):
        return []
    head = sentence.lower.split("{", 1)[0]
    if _NOT_FORM.search(head) or _LAYOUT.search(head):
        return []
    if (
        not any(term in sentence.text for term in glossary)
        and not _FORM_CUE.search(sentence.lower)
        and not _SAY.search(head[-60:])
    ):
        return []
    found: list[Statement] = []
    for start, end in objects(sentence.text):
        text = sentence.text[start:end]
        pieces = pieces_of(text, glossary)
        if any(isinstance(piece, Hole) for piece in pieces):
            found.append(_statement(page, sentence, start, end, pieces, 0.9, _purpose(sentence, start, end)))
    return found


def _quoted(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
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
    if re.search(r"\bor\b", between):
        return False
    return role == "tags" or (
        bool(re.search(r"new line|next line|second line|then\b|followed by|and (?:your|the|start|begin|a)\b", between))
        and role == "start"
    )


_WHO = re.compile(
    r"\b(?:who(?:'s| is) (?:talking|speaking)|start of (?:the|each|every) (?:message|line)|marked|"
    r"recogni[sz]e|you(?:'ll| will) (?:see|know|recogni[sz]e|hear))\b"
)


def _role(before: str, text: str, sentence: Sentence, glossary: Mapping[str, str]) -> str:
    """What a quotation does: "start" (a tag), "tags", "say" (a whole reply), "" for nothing of ours."""
    if _NEGATED.search(before[-70:]) or _WHO.search(before):
        return ""
    if _START.search(before):
        own = _OWN.search(before) or (_OWN.search(sentence.text) and not _announcements(sentence))
        return "start" if own and not re.search(r"\b(?:do not|don't|never|not)\s+(?:start|begin)", before) else ""
    if _TAGS.search(before) and (
        text.rstrip().endswith(":") or (re.search(r"\b(?:use|using|with|under)\b", before) and "keyword" not in before)
    ):
        return "tags"
    if _OTHERS.search(before[-110:]) and not _LOOKS.search(before[-60:]):
        return ""
    if _SAY_STRONG.search(before[-90:]) or (
        _SAY.search(before[-60:])
        and (is_command(text) or ":" in text or "<" in text or "[" in text or is_pure(text, glossary))
    ):
        return "say"
    return ""


def _from_quote(
    page: Page, sentence: Sentence, quote: Quote, role: str, glossary: Mapping[str, str], carried: bool
) -> Statement | None:
    text = quote.text.strip()
    purpose = _purpose(sentence, quote.start, quote.end)
    if role in ("start", "tags"):
        if len(text) > 40 or not text:
            return None
        if role == "start" and text[-1].isalpha() and not text.isupper():
            return None  # words to begin with are a rule, not a tag
        gap = "" if text[-1] in "[({<" else " "
        pieces: Pieces = join(
            [text + gap, Hole(label=_started(sentence.lower[: quote.start]), tag=text.rstrip(": ").lower())]
        )
        return _statement(page, sentence, quote.start, quote.end, pieces, 0.85, purpose)
    if TAG_LINE.fullmatch(text):
        return _statement(
            page,
            sentence,
            quote.start,
            quote.end,
            join([text + " ", Hole(label="", tag=text.rstrip(": ").lower())]),
            0.7,
            purpose,
        )
    defined = (
        any(term in text for term in glossary if not term.islower())
        and len(text.split()) <= 12
        and isinstance(cut(text, glossary), tuple)
    )
    if defined and any(isinstance(piece, Hole) for piece in cut(text, glossary)):
        return _statement(page, sentence, quote.start, quote.end, cut(text, glossary), 0.85, purpose)
    if is_pure(text, glossary) or is_command(text) or TAG_LINE.match(text) or len(text.split()) <= 4:
        if (
            not is_pure(text, glossary)
            and not is_command(text)
            and not TAG_LINE.match(text)
            and not carried
            and not _firm(sentence.lower[: quote.start])
        ):
            return None
        return _statement(page, sentence, quote.start, quote.end, pieces_of(text, glossary), 0.8, purpose)
    return None


_FIRM = re.compile(
    r"\b(?:reply|answer|respond|say|write|type|output)(?: back)?(?: with| by (?:saying|"
    r"writing))?(?: just| only| exactly| simply)*(?: the (?:word|phrase|command|text))?\s*:?\s*$"
)


def _firm(before: str) -> bool:
    """Whether plain words in quotation marks are surely a reply ("say "stop"")."""
    return bool(_FIRM.search(before[-60:])) and bool(re.search(r"\b(?:you|your|to|if|when|once|please)\b", before))


def _started(before: str) -> str:
    """The words between "start" and "with", which name what follows the tag."""
    match = _START.search(before)
    words = match.group(1).strip() if match else ""
    return re.sub(r"^(?:your|the|an?|each|every|all|any|of)\s+", "", words).strip()[:60]


def _after_colon(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """A template after a colon ("reply in the form: CLUE: <text>")."""
    match = _AFTER_COLON.search(sentence.text)
    if (
        match is None
        or _NOT_FORM.search(sentence.lower[: match.start(1)])
        or _OTHERS.search(sentence.lower[: match.start()][-110:])
    ):
        return []
    body = match.group(1).rstrip()
    found: list[Statement] = []
    at = match.start(1)
    body = leading(body, glossary)
    for part in re.split(r"(\s+(?:or|OR)\s+)", body):
        text = part.strip().rstrip(".")
        if is_pure(text, glossary) or is_command(text):
            offset = sentence.text.find(part.strip(), at)
            found.append(
                _statement(
                    page,
                    sentence,
                    offset,
                    offset + len(text),
                    pieces_of(text, glossary),
                    0.9,
                    _purpose(sentence, match.start(1), len(sentence.text)),
                )
            )
    return found


def _unquoted(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """Tags with marked holes, commands in capitals, prompt symbols, brackets and elements within running text."""
    text, found = sentence.text, list[Statement]()
    if sentence.region is not Region.RULE or _NOT_FORM.search(sentence.lower):
        return found
    for match in _INLINE_TAG.finditer(text):
        found.append(
            _statement(
                page,
                sentence,
                match.start(),
                match.end(),
                pieces_of(match.group(1), glossary),
                0.75,
                _purpose(sentence, match.start(), match.end()),
            )
        )
    for match in _INLINE_COMMAND.finditer(text):
        if (
            not _NEGATED.search(sentence.lower[: match.start()][-60:])
            and not _CONDITION.search(sentence.lower)
            and match.group(1) not in ("JSON", "ONLY", "XML", "HTML")
        ):
            found.append(
                _statement(
                    page,
                    sentence,
                    match.start(1),
                    match.end(1),
                    (match.group(1),),
                    0.75,
                    _purpose(sentence, match.start(1), match.end(1)),
                )
            )
    if found:
        return found
    match = _SYMBOL.search(text)
    if match and (_OWN.search(text) or re.search(r"\b(?:action|command|reply|answer)", sentence.lower)):
        pieces: Pieces = (match.group(1) + " ", Hole(label=_thing(sentence.lower), tag=_thing(sentence.lower)))
        return [_statement(page, sentence, match.start(1), match.end(1), pieces, 0.85, "")]
    match = _BRACKETS.search(sentence.lower)
    if match and not re.search(r"\b(?:title|placeholder|section|highlight|comment|i\.e\. <<)", sentence.lower):
        pair = _PAIRS[
            match.group(3)
            or ("square" if "bracket" in match.group() else "round" if "parenth" in match.group() else "curly")
        ]
        times = 2 if match.group(2) else 1
        pieces = (pair[0] * times, Hole(label=match.group(1), tag=match.group(1)), pair[1] * times)
        return [_statement(page, sentence, match.start(), match.end(), pieces, 0.7, "")]
    match = _ELEMENT_TAGS.search(text)
    if match and _REPLYING.search(sentence.lower):
        name = match.group(1)
        pieces = (f"<{name}>", Hole(label=name.lower(), tag=name.lower()), f"</{name}>")
        return [_statement(page, sentence, match.start(1), match.end(1), pieces, 0.75, "")]
    return found


def _thing(lower: str) -> str:
    match = re.search(r"\b(action|command|move|guess|answer|reply|message|instruction)s?\b", lower)
    return match.group(1) if match else "action"


def _purpose(sentence: Sentence, start: int, end: int) -> str:
    """The words beside a template that say when to use it."""
    after = re.match(
        r"[\"'`\s,]*((?:if|when|once|to|as soon as|whenever|in order to)\b[^\"]{3,140})", sentence.text[end:]
    )
    before = sentence.text[:start].rstrip("\"'` :,")
    clause = re.split(r"\"|; ", before)[-1].strip(" ,")[-140:]
    if after and not re.match(r"(?i)\W*(?:to|if|when|once|in order|as soon)\b", clause):
        return after.group(1).strip(" .,")
    return clause


def _statement(
    page: Page, sentence: Sentence, start: int, end: int, pieces: Pieces, confidence: float, purpose: str
) -> Statement:
    return Statement(
        pieces=pieces,
        span=page.span(sentence.start + start, sentence.start + end),
        confidence=confidence,
        purpose=purpose,
        line=sentence.line,
    )


def is_form_cue(sentence: Sentence) -> bool:
    """Whether a sentence announces the form of a reply."""
    return (
        sentence.region is Region.RULE
        and bool(_FORM_CUE.search(sentence.lower))
        and bool(_REPLYING.search(sentence.lower))
        and not _NOT_FORM.search(sentence.lower)
    )


__all__ = ["Statement", "announced_tags", "closing", "is_form_cue", "read_inline"]
