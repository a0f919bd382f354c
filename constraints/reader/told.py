"""Forms told in words: "write OFFER followed by a colon and the amount", "submit "PASS"", "BUY n, SELL n or HOLD".

A mention is a reply when the words before it tell the player to write it, or
name a form, a command or a tag; words behind it may say how it goes on.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from constraints.reader.cues import (
    NEGATED,
    OTHERS,
    Statement,
    announcements,
    purpose_of,
    state,
)
from constraints.reader.mentions import EMPHASIS, Mention, mentions
from constraints.reader.presumed import presumed
from constraints.reader.scan import Page, Sentence
from constraints.reader.templates import Hole, Pieces, join, marks

_TELLS = re.compile(
    r"\b(?:writ(?:e|ing|es)|say(?:ing|s)?|answer(?:ing)?|repl(?:y|ying)|respond(?:ing)?|typ(?:e|ing)|output(?:ting)?|"
    r"enter(?:ing)?|send(?:ing)?|submit(?:ted|ting)?|us(?:e|ing)|stat(?:e|ing)|return(?:ing)?|giv(?:e|ing)|"
    r"declar(?:e|ing)|print|produce|issue|call(?:ing)?|post|emit|finish|close|conclude|end|start(?:s|ing)?|"
    r"begin(?:s|ning)?|put|shout|announce|pick|choose|place|prefix(?:ed)?|preceded?|introduced?|"
    r"formatted|labell?ed|tagged|consists?|contains?|looks? (?:exactly )?like|read(?:s)?|"
    r"formats?|forms?|syntax|templates?|patterns?|schemas?|schemes?|shapes?|layouts?|structure|notation|"
    r"commands?|actions?|moves?|inputs?|tags?|labels?|keywords?|phrases?|messages?|repl(?:ies)|responses?|"
    r"answers?|outputs?)\b"
)
_GLUE = re.compile(
    r"with|by|only|just|simply|exactly|either|the|a|an|one|of|following|word|words|command|commands|"
    r"keyword|phrase|line|lines|tag|label|prefix|message|messages|string|text|letters|back|out|it|as|in|"
    r"form|format|pattern|syntax|instead|finally|then|me|us|your|reply|replies|answer|answers|turn|"
    r"response|responses|like|so|this|these|case|capitals|saying|writing|typing|sending|them|is|are|be|"
    r"must|should|shall|has|have|to|or|and|two|three|both|same|always|now|all|next|own|first|second|"
    r"symbol|sign|character|template|shape|schema|layout|structure|literal|literally|simple|short|"
    r"keywords|tags|labels|consist|contain|start|begin|each|every|question|guess|clue|hint|follows|namely|"
    r"itself|down|any"
)
_SOMEBODY = re.compile(
    r"\b(?:i|we|he|she|they|who|(?:the|your|my|an?|another)(?: other)? (?:\w+ )?(?:partner|opponent|teammate|"
    r"colleague|customer|guests?|caller|"
    r"master|moderator|host|others?|stranger|guesser|describer|user|judge|robot|system|programme?|computer))"
    r"(?:'ll|'d| will| would| can| may| might| must| shall| always| only| then| also| just| has| have| to)*\s+$"
)
_ANNOUNCES_DATA = re.compile(
    r"\b(?:channel|source|sender|speaker|called|named|means?|stands for|word is|words? (?:are|is)|role is|you "
    r"are (?:the )?|playing (?:as )?|"
    r"titled?|the (?:target|secret|hidden|given) \w+)\W*$"
)
_THEN = re.compile(
    r"\s*,?\s*(?:(?:immediately |directly |always )?followed by|and (?:go(?:es)? on|continue[sd]?) with|"
    r"and then|then|plus|and|with|together with|along with|"
    r"before|in front of|,(?= an? colon))\s*,?\s*(?:(?:on the same line|behind it|after it|after that|next)\s*,?\s*)?"
    r"(?:(?:and )?(?:then )?(?:add|give|write|put|state|name|type)\s+)?"
    r"(?:(?:an? |the )?(colon|space|blank|comma|hyphen|dash|arrow|equals? sign|semicolon|slash|new ?line|line break|"
    r"full stop|period)(?:\s*,?\s*(?:and then|and|then|followed by)\s+|\s+))?"
    r"((?:the|an?|your|one|its|their|some|what(?:ever)?|whom?|whoever|where|which|how|at most|at least|up to|exactly|"
    r"no more than|either|two|three|four|five|six|seven|eight|\d{1,3}|only)\b[^.;:()\n`]{1,120}|"
    r"\"[^\"\n]{1,30}\" (?:if|or|when)\b[^.;()\n]{1,120}|"
    r"[a-z]+(?:'s)? (?:number|name|word|letter|text|question)s?\b)"
)
_NP_ENDS = re.compile(
    r",\s*(?:like|e|for|such|as|so|without|and|nothing|no|or|if|when|once|then|which|that|i\.e|each|to|but|all|on)\b.*|"
    r"\s(?:like so|like this|like|as in|in this (?:form|way)|if|when|once|as soon|without|so that|because|"
    r"instead|on one line|in that order)\b.*|"
    r"\s(?:or|and)\s+(?:just |simply |to )?(?:write|say|type|answer|reply|use|send|with|nothing)\b.*| [-–—] .*"
)
_NO_VALUE = re.compile(
    r"(?i)^(?:the (?:game|other|next|round|tag|word|command|label|keyword|phrase)\b|you\b|it\b|we\b|i\b|"
    r"nothing|a new line|"
    r"only\b|no\b|what happens|the same)"
)
_GAPS = {
    "colon": ": ",
    "comma": ", ",
    "hyphen": " - ",
    "dash": " - ",
    "arrow": " -> ",
    "equals sign": " = ",
    "equal sign": " = ",
    "semicolon": "; ",
    "slash": "/",
    "newline": "\n",
    "new line": "\n",
    "line break": "\n",
    "full stop": ". ",
    "period": ". ",
}
_LINKS = re.compile(
    r"[\s,;/|]*(?:(?:and|or|then|else|otherwise)\b[\s,]*)?(?:(?:just|simply|with|by|write|say|answer|reply|type|"
    r"use|to)\b\s*){0,3}"
)
_ASIDE = re.compile(
    r",?\s*(?:\(?e\.g\.|(?:for example|for instance|such as|like)\b)[^;]{1,60}?(?=,? or\b|,? and\b)|"
    r"\([^()]{1,80}\)"
)
_CONDITION = re.compile(r"\b(?:if|when|once|to|for|as soon as|whenever|in case|in order to)\b[^.;]{2,80}$")


_FOREIGN = re.compile(
    r"\b(?:so much for|written alike|look for|outside|deviates? from|what you get|you get back|how to read|"
    r"who(?:'s| is) (?:talking|speaking|asking)|"
    r"feedback (?:will|looks|has)|you (?:will|shall|then) (?:get|receive|see)|i (?:will|shall|'ll) (?:give|"
    r"send|show|tell|reply|answer))\b"
)
_SAMPLE = re.compile(
    r"(?:\be\.\s?g\.|\bfor example|\bfor instance|\bsuch as|(?<!looks )(?<!look )\blike|\bas in|"
    r"\bexamples?(?: \w+){0,3})[,:]?\s*(?:just |simply |write )?$"
)


def told(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """The forms that a sentence tells in words."""
    if _FOREIGN.search(sentence.lower) or announcements(sentence):
        return []
    found: list[Statement] = []
    last: Mention | None = None
    for mention in mentions(sentence, glossary):
        before = sentence.lower[: mention.start]
        if _SAMPLE.search(before[-40:]) and not marks(mention.text, glossary):
            continue
        if mention.quoted and re.search(r"[\"'`”] \(or [\"'`“]?$", before):
            continue  # the end of the command quoted before it, in other words
        if _WHEN_THEY.search(before[-90:]):
            continue
        if before.rfind("(") > before.rfind(")") and not mention.quoted:
            continue
        linked = last is not None and _linked(sentence, last, mention)
        if not (linked or _commanded(sentence, mention, before)):
            continue
        statement = _stated(page, sentence, mention, glossary)
        if statement is None:
            continue
        last = replace(mention, end=statement.span.end - sentence.start)
        found.append(statement)
    return found


_WHEN_THEY = re.compile(
    r"\b(?:when|if|whenever|while)\b[^,.;]{0,60}\b(?:starts?|begins?|says?|reads?|contains?|shows?|ends?|"
    r"tells?|asks?|writes?)\b"
    r"(?: with| by)?(?: the (?:word|tag))?\s*[\"'`“]?$"
)
_LABELLED = re.compile(
    r"(?:[A-Za-z][\w' ]{1,30}|(?:to|for|if|when) [^:\n]{2,60})\s?(?::|->|=>|→|"
    r"=)\s+[\"'`“]([^\"'`”\n]{1,40})[\"'`”]\.?"
)


def labelled(page: Page, sentence: Sentence) -> list[Statement]:
    """A fixed reply behind a label of its own ("Resign: "resign""), good only beside other forms."""
    match = _LABELLED.fullmatch(sentence.text)
    if match is None or not sentence.text[0].isupper():
        return []
    start, end = match.span(1)
    return [
        state(
            page,
            sentence,
            start,
            end,
            (match.group(1).strip(),),
            0.6,
            sentence.text[: start - 1].strip(" :->=→"),
        )
    ]


def _linked(sentence: Sentence, last: Mention, mention: Mention) -> bool:
    """Whether a mention is one more of a list ("BUY n, SELL n or HOLD")."""
    between = _ASIDE.sub("", sentence.lower[last.end : mention.start])
    link = _LINKS.match(between)
    if link is None or len(between) > 120 or not re.search(r"[,;/|]|\b(?:or|and|then|else|otherwise)\b", between):
        return False
    rest = between[link.end() :]
    alike = mention.quoted == last.quoted
    return alike and (
        not rest.strip() or bool(re.search(r"\b(?:or|otherwise|else)\b", between) and _CONDITION.search(between))
    )


def _commanded(sentence: Sentence, mention: Mention, before: str) -> bool:
    """Whether the words before a mention tell the player to write it."""
    if NEGATED.search(before[-70:]) or OTHERS.search(before[-110:]) or _ANNOUNCES_DATA.search(before[-60:]):
        return False
    tells = list(_TELLS.finditer(before[-160:]))
    if not tells:
        return False
    cue = tells[-1]
    gap = before[-160:][cue.end() :]
    if len(gap) > 70 or re.search(r"[.;!?](?:\s|$)", gap):
        return False
    strange = [word for word in re.findall(r"[\w']+", gap) if not _GLUE.fullmatch(word)]
    if len(strange) > (3 if mention.quoted or ":" in gap[-3:] else 2):
        return False
    if (
        re.match(r"start|begin|end|conclude|close|contain|introduc", cue.group())
        and not re.search(r"[:<>\[\]$]|^[/!#]\w", mention.text)
        and not mention.text.isupper()
    ):
        return False  # words to begin or end with are a rule about a free reply
    head = before[-160:][: cue.start()]
    return not _SOMEBODY.search(head[-60:])


def _stated(page: Page, sentence: Sentence, mention: Mention, glossary: Mapping[str, str]) -> Statement | None:
    """The form that a mention and the words behind it state."""
    text = mention.text
    if len(text) > 160 or (mention.quoted and not _formal(text, glossary)):
        return None
    pieces = presumed(text, glossary) if not mention.quoted or not text.islower() else (text,)
    end = mention.end
    if all(isinstance(piece, str) for piece in pieces) and _OPENED.search(sentence.lower[: mention.start][-40:]):
        gap = "" if text[-1:] in "[({<" else ": " if not mention.quoted and _COLON.search(page.text) else " "
        grown, reach = _grown(text, sentence, mention.end)
        end = reach if grown is not None else end
        pieces = grown or join([text.rstrip() + gap, Hole(label="", tag=text.strip("@:># ").lower())])
    elif all(isinstance(piece, str) for piece in pieces):
        grown, reach = _grown(text, sentence, mention.end)
        if grown is not None:
            pieces, end = grown, reach
        elif text.endswith(":"):
            pieces = join([text + " ", Hole(label="", tag=text.rstrip(": ").lower())])
    if not any(isinstance(piece, str) and piece.strip() for piece in pieces):
        return None  # a placeholder that is talked about
    confidence = 0.8 if mention.quoted or any(isinstance(piece, Hole) for piece in pieces) else 0.75
    return state(
        page,
        sentence,
        mention.start,
        end,
        pieces,
        confidence,
        purpose_of(sentence, mention.start, end),
    )


_OPENED = re.compile(r"\b(?:start|begin)(?:s|ning|ing)?\b[^.;]{0,24}\bwith (?:the (?:word|tag|label) )?[\"'`“]?$")
_COLON = re.compile(r"(?i)\bcolon\b")


def _formal(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a quotation looks like a reply rather than like words that are talked about."""
    if any(term in text for term in glossary):
        return True
    return bool(
        re.search(r"[<>\[\]{}()$=:|#]|->|[A-Z]{2,}|\.\.\.|…|_{2,}|^[>/!]| [-–]$", text)
        or re.fullmatch(r"[\w'-]+ [A-Z]\b.{0,40}", text)
    )


def _grown(text: str, sentence: Sentence, at: int) -> tuple[Pieces | None, int]:
    """A fixed beginning with the value that the words behind it add; and where those words end."""
    match = _THEN.match(sentence.lower, at)
    if match is None:
        return None, at
    told_end = match.end()
    words = sentence.text[match.start(2) : told_end]
    cut = _NP_ENDS.search(words)
    words = (words[: cut.start()] if cut else words).strip(" ,")
    joined = match.group().split()[0].strip(",") if match.group().split() else ""
    if (
        not words
        or _NO_VALUE.match(words)
        or (joined in ("with", "before") and match.group(1) is None and not text.endswith(":"))
    ):
        return None, at
    if (
        joined == "and"
        and match.group(1) is None
        and re.match(r"(?:your|the) (?:turn|game|round|partner|reply|answer)\b", words.lower())
    ):
        return None, at
    gap = _GAPS.get(match.group(1) or "", "" if match.group(1) else " ")
    text = text.rstrip()
    if text.endswith(":"):
        gap = " " if gap.strip() in ("", ":") else gap
    label = re.sub(r"^(?:the|an?|your|one|its|their|some)\s+", "", words)
    tag = text.rstrip(": ").lower()
    return join(
        [
            text + (gap or " "),
            Hole(label="", tag=tag, meaning=words if len(label) > 1 else ""),
        ]
    ), match.start(2) + len(words)


__all__ = ["EMPHASIS", "told"]
