"""What a statement of a form is, and the words by which sentences announce one or another voice."""

import re
from dataclasses import dataclass
from functools import lru_cache

from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.templates import Pieces
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


NEGATED = re.compile(r"(?:\b(?:not|never|cannot|avoid|without|no longer|rather than|instead of)|n't)\b[^,;.]{0,40}$")


OTHERS = re.compile(
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


_PASSED = re.compile(
    r"(?i:\b(?:(?:i|we)(?:'ll| will| shall| may| then| also| always)* "
    r"(?:pass|relay|forward|show|give|send|tell|repeat|hand|report)|"
    r"(?:is|are|be|gets?) (?:then )?(?:shown|passed on|relayed|forwarded|displayed|repeated|"
    r"(?:handed|sent|given|told) to you)|you (?:will |then )?(?:see|get|receive|hear))\b"
    r"[^.;\"'`]{0,60}?\b(?:after|behind|under|following|with|by|as|like this|form)\s*:?\s+"
    r"(?:the |a )?(?:(?:tag|label|prefix|keyword|heading|word)\s+)?)[\"'`<\[]?([A-Z][\w-]{0,24}):"
)
"""The game master passes something on under a tag ("I pass it on after the tag CLUE:")."""


_OTHERS_WORDS = re.compile(
    r"(?i)\b(?:pass|passed|relay\w*|forward\w*|their|theirs|his|hers?|partner\w*|opponent\w*|teammate\w*|"
    r"clues?|hints?|guess(?:es)?|questions?|descriptions?|"
    r"other (?:player|side|person|one|agent)\w*|another player\w*|player [a-z0-9]|describer\w*|guesser\w*)\b"
)
_TO_OTHERS = re.compile(
    r"(?i)\bto (?:him|her|them|your|the (?:other|guesser|describer|partner|opponent)|another|player [a-z0-9])\b|"
    r"\byour (?:own )?(?:repl|clue|hint|guess|answer|message|question|description|word)"
)


OWN = re.compile(
    r"(?i)\b(?:your?|you)\b|^(?:please |always |now |then |remember to |make sure to |"
    r"also,? )*(?:start|begin|use|prefix|generate|provide|write|give|describe|produce|output|"
    r"answer|reply|respond|return|make|put)\b"
)


FORM_CUE = re.compile(
    r"\b(?:format|formatted|form|template|pattern|syntax|layout|structure|schema|scheme|shape|like so|json object|"
    r"looks? (?:exactly )?like|like this|as follows|look like this|"
    r"what you (?:can|may|must|could) (?:say|reply|answer|write|do)|you (?:can|may) say|stick to|"
    r"several parts|of its own|exactly these lines|these lines|exactly (?:one of )?these|"
    r"one of these|"
    r"these replies|(?:following|these|available|possible|allowed|valid|legal) (?:commands?|"
    r"actions?|moves?|options)|following|"
    r"(?:reply|answer|respond|response|message|output|repl(?:y|ies)|write)[^.]{0,40}:$)"
)


REPLYING = re.compile(
    r"\b(?:repl(?:y|ies)|answers?|respon[ds]\w*|outputs?|write|messages?|turns?|say|provide|"
    r"guess(?:es)?|questions?|stick|give|command|action|move|use|using|return|format|"
    r"form|generate|each|must|choose|submit|send|looks?)\b"
)


NOT_FORM = re.compile(
    r"(?:\b(?:not|without|unless)|n't)\b[^.]{0,24}\b(?:have|has|having|in|of|follow|match|fit|keep to|take|"
    r"use)\b[^.]{0,20}\b(?:this|that|the) (?:form|"
    r"format)\b|"
    r"\b(?:so much for|(?:in|of|has) the same form|written alike)\b|\bthe form,? (?:is (?!:)|itself|"
    r"must|should|which must|nowhere|occurs?|be|appear|ends|aborts)|\b(?:look for|outside|"
    r"deviates? from|should) (?:the|this) form\b|\b(?:what you get|you get back|how to read|"
    r"marks? of|earlier guess|for example|for instance|e\.g\.|example|feedback (?:will|looks|has)|"
    r"you will (?:get|receive|see)|information like|i will (?:give|send|show|tell)|"
    r"grid (?:that )?looks?)\b"
)


SAY = re.compile(
    r"\b(?:use|using|write|writing|say|saying|reply|answer|respond|output|type|send|give|return|"
    r"state|enter|submit|form|format|formatted|exactly|"
    r"template|syntax|like|like this|as|with|or|print|produce|put|append|issue)\b[^.\"']{0,40}$"
)


_PLAY = re.compile(
    r"\b(?:games?|players?|play(?:ing|s)?|turns?|rounds?|opponents?|partners?|teammates?|guess(?:es|ing|ed)?|"
    r"moves?|commands?|"
    r"actions?|negotiat\w*|haggl\w*|bids?|bidders?|auction|quiz|puzzles?|riddles?|dealer|master|moderator|"
    r"secret|vot(?:e|es|ing)|"
    r"your (?:role|task|partner|hand|goal|move)|i(?:'m| am) thinking|let(?:'s| us)|correct|wins?|lose[sd]?|"
    r"forfeit|suspects?|"
    r"(?:each|every|per) (?:turn|round|message|reply|move)|(?:only|exactly|nothing (?:else|more|but)|no other "
    r"text)|scenario|simulat\w*|"
    r"you (?:are|play|act as) (?:an? |the |in |inspector|captain)|rate|judge|spell\w*|customer|roll(?:ed|s)?|"
    r"dice|cards?|deck|you (?:judge|decide|choose|pick)|(?:reply|answer|respond) with|lines? of your|format|"
    r"what do you do|taking turns|one of these)\b"
)
_GENERAL = re.compile(
    r"\b(?:essay|blog|poem|resume|cover letter|post-?script|p\.s\.|bullet points?|highlight\w*|paragraphs?|"
    r"sections?|placeholders?|"
    r"rap|limerick|haiku|song|summary|summarize|riddle about|advertisement|email|itinerary|rewrite|markdown|"
    r"title|essays|tweet|"
    r"word for word|startup|planning doc|critique|keywords?)\b"
)


def playful(page: Page) -> bool:
    """Whether a message is about a game or a protocol rather than a request for a piece of writing."""
    return _is_playful(page.text[:6_000].lower())


@lru_cache(maxsize=16)
def _is_playful(lower: str) -> bool:
    told = {match.group() for match in _PLAY.finditer(lower)}
    general = {match.group() for match in _GENERAL.finditer(lower)}
    return len(told) >= max(1, len(general))


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
        for match in announcements(sentence):
            (masters if speaking else partners).append(match.group(1).lower())
    return tuple(dict.fromkeys(partners)), tuple(dict.fromkeys(masters))


_TAGGING = ("start", "begin", "introduced", "prefixed", "preceded", "marked", "tagged", "labelled")


def announcements(sentence: Sentence) -> list[re.Match[str]]:
    """Where a sentence says by which tag another voice is known."""
    if not any(word in sentence.lower for word in _TAGGING):
        return []
    found = [match for match in _ANNOUNCED.finditer(sentence.text)]
    return [
        match
        for match in found
        if not re.search(r"(?i)\byour?\b", match.group())
        and not re.match(r"(?i)(?:please |always |remember to )*(?:start|begin)", sentence.text)
    ]


def voices(page: Page) -> tuple[str, ...]:
    """Tags (lower case) after which the game master passes on what another player says."""
    spoken = [one for one in page.sentences if one.region is not Region.DATA and _OTHERS_WORDS.search(one.text)]
    return tuple(dict.fromkeys(tag for sentence in spoken for tag in passed_on(page, sentence)))


def passed_on(page: Page, sentence: Sentence) -> list[str]:
    """The tags (lower case) under which a sentence says that something is passed on to this player."""
    if _TO_OTHERS.search(sentence.text):
        return []
    tags = [match.group(1) for match in _PASSED.finditer(sentence.text)]
    return [tag.lower() for tag in tags if not re.search(rf"\b{re.escape(tag)}:\s?(?:[<$\[{{]|your\b)", page.text)]


def purpose_of(sentence: Sentence, start: int, end: int) -> str:
    """The words beside a template that say when to use it."""
    after = re.match(
        r"[\"'`\s,]*((?:if|when|once|to|as soon as|whenever|in order to)\b[^\"]{3,140})", sentence.text[end:]
    )
    before = sentence.text[:start].rstrip("\"'` :,")
    clause = re.split(r"\"|; ", before)[-1].strip(" ,")[-140:]
    if after and not re.match(r"(?i)\W*(?:to|if|when|once|in order|as soon)\b", clause):
        return after.group(1).strip(" .,")
    return clause


def state(
    page: Page, sentence: Sentence, start: int, end: int, pieces: Pieces, confidence: float, purpose: str
) -> Statement:
    """A statement of a form at a stretch of a sentence."""
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
        and bool(FORM_CUE.search(sentence.lower))
        and bool(REPLYING.search(sentence.lower))
        and not NOT_FORM.search(sentence.lower)
    )
