"""Sentences that limit the answer to a choice ("answer with yes or no")."""

import re

from constraints.forms import SlotKind
from constraints.reader.glossary import UNKNOWN, Meaning, read_meaning

_LIMIT = re.compile(
    r"(?:limit (?:your|the) (?:response|answer|reply)s? to|(?:answer|respond|reply)\b(?: to (?:this|"
    r"the|each|every|my|all)[^.]{0,30}?| this question| these questions)?(?: (?:only|just|simply|"
    r"exactly|strictly))?(?: with| by saying)?(?: (?:either|only|just|exactly|a simple|a))?|"
    r"(?:answer|reply|response)s? (?:must|should|can|has to|have to) (?:only )?be(?: either| only|"
    r" exactly)?|by (?:selecting|choosing|saying)|select(?:ing)?(?: one of)?|choose(?: one of|"
    r" from| between)?)\s*:?\s*"
    r"((?:only |just |either )?[\"'(<]?\w[^.\n]{1,100})"
)


_ANOTHER = re.compile(
    r"\b(?:i|we|he|she|they|master|player|partner|oracle|host)(?:'ll| will| can| may| must| shall| always| only| then)*"
    r" $|\b(?:to|that|which) (?:i|we|he|she|they)\b[^,;.]{0,20} $"
)
"""Somebody else is the one who answers so."""


def answer_limit(lower: str) -> Meaning:
    """The choice that a sentence leaves for the answer, or nothing."""
    for match in _LIMIT.finditer(lower):
        if _ANOTHER.search(lower[max(0, match.start() - 40) : match.start()]):
            continue
        if re.search(
            r"(?:\b(?:not|never|if|cannot)|n't)\b[^.]{0,12}$", lower[max(0, match.start() - 20) : match.start()]
        ):
            continue
        words = re.sub(r"^(?:only|just|either)\s+", "", match.group(1))
        words = re.split(
            r"\s+(?:and then|with no|without|and nothing|then stop|that|which|depending|"
            r"according)\b|, (?:with|without|and nothing|followed|then)\b",
            words,
        )[0]
        meaning = read_meaning(words)
        firm = bool(
            re.search(
                r"\b(?:with|only|just|to|be|by|select\w*|choose)\b", match.group()[: match.start(1) - match.start()]
            )
        ) or meaning.options in (("yes", "no"), ("true", "false"))
        if (
            meaning.kind is SlotKind.CHOICE
            and firm
            and all(_answers(option) for option in meaning.options)
            and not re.match(r"(?:the|a|an|your)\s", words)
        ):
            return meaning
    return UNKNOWN


def _answers(option: str) -> bool:
    """Whether an option could be an answer rather than a piece of a sentence."""
    return len(option.split()) <= 2 and not re.search(
        r"\b(?:following|questions?|guess(?:es)?|the|your|my|answers?|this|that|it|to|other|any|all)\b", option
    )
