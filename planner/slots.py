"""Slots by their role: which slot of a form takes the answer, which the explanation, which a yes or no.

Knows reply forms and the ordinary words for such roles; knows no game.
"""

import re
from collections.abc import Sequence

from constraints.forms import ReplyForm, Slot, SlotKind
from constraints.rulebook import Rulebook, RuleKind

_ANSWER = re.compile(r"guess|word|answer|solution|try|attempt|candidate|target|entry|proposal|^it$", re.IGNORECASE)
_EXPLAIN = re.compile(
    r"expla|reason|why|because|thought|thinking|rational|detail|justif|comment|note|analysis|say|think|argument|ground",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^(?:yes|yeah|y|agree[ds]?|agreed|true|accept(?:ed)?|ok|okay|right|correct|good|fits?|approve[ds]?|approved|valid|keep"
    r"|confirm(?:ed)?|support|match(?:es)?|sound|plausible|consistent|\+1|👍|✓|✔|for|pro|known|told|shared|aware|affirmative|positive|indeed|sure|1)$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:no|nope|n|disagree[ds]?|disagreed|false|reject(?:ed)?|wrong|incorrect|bad|refuse[ds]?|invalid|change|oppose"
    r"|doubt|does\s*n[o']t\s+fit|misfit|deny|denied|object|mismatch|unsound|implausible|inconsistent|-1|👎|✗|✘|against|contra"
    r"|not?\s+\w+|dis\w+|un\w+|negative|never|secret|private|hidden|0)$",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"^(?:i|we|it)\s+(?:do\s+|am\s+|is\s+|are\s+)?(?=\w)", re.IGNORECASE)


def answer_slot(form: ReplyForm) -> Slot | None:
    """The slot that takes a guessed word: a word slot, by its name where there are several."""
    words = [slot for slot in form.slots if slot.kind is SlotKind.WORD]
    words += [slot for slot in form.slots if slot.kind is SlotKind.TEXT and not _EXPLAIN.search(slot.name)]
    named = [slot for slot in words if _ANSWER.search(slot.name)]
    exact = [slot for slot in words if slot.letters is not None]
    return next(iter([*exact, *named, *words]), None)


def explanation_slot(form: ReplyForm, other_than: Slot | None = None) -> Slot | None:
    """The slot that takes a sentence of explanation."""
    prose = [slot for slot in form.slots if slot.kind in (SlotKind.TEXT, SlotKind.PROSE) and slot != other_than]
    return next(iter([slot for slot in prose if _EXPLAIN.search(slot.name)] or prose), None)


def verdict_slot(form: ReplyForm) -> tuple[Slot, str, str] | None:
    """A choice between agreeing and not: the slot, the value that agrees, the value that does not."""
    for slot in form.slots:
        if slot.kind is not SlotKind.CHOICE or len(slot.options) != 2:
            continue
        bare = {option: _SPEAKER.sub("", option.strip(" .!\"'")) for option in slot.options}
        yes = [option for option in slot.options if _YES.match(bare[option])]
        no = [option for option in slot.options if _NO.match(bare[option])]
        if len(no) == 1 and (len(yes) == 1 or len(slot.options) == 2):
            agreeing = yes[0] if len(yes) == 1 else next(option for option in slot.options if option != no[0])
            return (slot, agreeing, no[0]) if agreeing != no[0] else None
    return None


def in_voice(rulebook: Rulebook, sentence: str) -> str:
    """A sentence in the letter case that the rules ask for."""
    return sentence.lower() if rulebook.of(RuleKind.LOWERCASE) else sentence


def first_with(forms: Sequence[ReplyForm], kind: SlotKind) -> int | None:
    """Index of the first form that has a slot of the kind."""
    return next((index for index, form in enumerate(forms) if any(s.kind is kind for s in form.slots)), None)
