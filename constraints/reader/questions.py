"""Question prompts: which of the listed options, yes or no, a number; with room for reasoning where it is asked for.

Adds to what a message states: the answer's slot is tied to the letters of the
options, and reasoning gets a place before the answer. Prompts that speak of a
game are left as they are: there, text before the form would be a mistake.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.reader.choices import Choices, last_bullets, last_choices
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.shots import first_shot, read_shots, with_room
from constraints.reader.words import split_list

_PLAYED = re.compile(
    r"\b(?:(gam)es?|(play)(?:er|ers|ing)?|(turn)s?|(round)s?|(guess)(?:es|ing)?|(clue)s?|(opponent)s?|(partner)s?|"
    r"(team)(?:mates?)?|(secret) (?:word|code|object)|(abort)(?:ed|s)?|(attempt)s?|(cheat)(?:ing)?)\b"
)
_YOU = re.compile(r"\byou(?:r|'re|'ll)?\b")
_STEPS = re.compile(
    r"\bstep[- ]by[- ]step\b|\bchain[- ]of[- ]thought\b|\b(?:think|reason)(?: it| this| that| the \w+)? "
    r"(?:through|first|carefully|aloud|out loud|about)\b|^(?:please |first,? |let's |you should )*"
    r"(?:think|reason)\b|\bthink before\b|"
    r"\bexplain\b[^.]{0,60}\b(?:first|then|before|reasoning|thinking|thoughts?|steps?|how you|working)\b|"
    r"\b(?:show|write (?:out|down)|give|describe|state|share|include)\b[^.]{0,30}\b(?:work(?:ing)?s?|steps?|reasoning|"
    r"calculations?|derivation|thought process|thinking)\b|\bwork (?:it|this|that|through|out)\b|"
    r"\bin (?:several |a few )?steps\b|"
    r"\b(?:reasoning|thinking|rationale|explanation|analysis) (?:first|before|and then|then|followed by)\b"
)
_PERMITTED = re.compile(
    r"\b(?:you|it|one) (?:may|can|could|might)\b|\bif you (?:like|want|wish)\b|\bfeel free\b|\ballowed\b"
)
_ROOM = re.compile(
    r"\b(?:finish|end|conclude|close)s?\b[^.]{0,40}\b(?:with|by|in)\b|\b(?:last|final|separate|new) line\b|"
    r"\bafter (?:your|the|some) (?:reasoning|explanation|analysis|thinking)\b"
)
_SILENTLY = re.compile(
    r"(?:\b(?:do not|don't|no|without|never|not|skip|omit)\b)[^.]{0,40}\b(?:expla\w+|reason\w*|work(?:ing)?s?|steps?|"
    r"justif\w+|rationale|thinking|analysis)\b|\b(?:silently|internally|privately|to yourself|in your head)\b"
)
_NOTHING_ELSE = re.compile(
    r"\b(?:only|just|nothing but|simply|solely)\b|\bnothing else\b|\bno (?:other|additional|further) (?:text|words?)\b|"
    r"\balone\b"
)
_LETTER = re.compile(
    r"\b(?:correct|right|best|chosen|corresponding|single|option|answer|choice|the) letter\b|"
    r"\bletter (?:choice|of|only|corresponding|for)\b|\b(?:option|choice|answer) (?:label|key)\b|\bmultiple[- ]choice\b"
)
_ASKS = (
    r"(?:answer|answering|reply|replying|respond|responding|response|return|give|write|output|say|state|print|provide|"
    r"choose|select|pick|indicate|name|type|tell|enter|mark|identify)"
)
_LETTER_ASKED = re.compile(
    rf"\b{_ASKS}\b[^.]{{0,40}}\b(?:the|a|one|single|correct|right|corresponding|your|its|option|answer|choice)"
    r"(?: (?!capital|upper|lower|small|last|first)\w+)? letter\b|\bletter (?:only|alone)\b|\bwhich letter\b|"
    rf"\b{_ASKS}\b[^.]{{0,20}}\bletter (?:of|for|that)\b"
)
_NUMBER_ASKED = re.compile(
    rf"\b{_ASKS}\b[^.]{{0,50}}\bnumbers? (?:of|for|in front|before|next to|that (?:marks|stands|belongs))\b[^.]{{0,40}}"
    r"\b(?:options?|answers?|choices?|statements?|sentences?|one|alternatives?|lines?)\b|"
    rf"\b{_ASKS}\b[^.]{{0,30}}\b(?:option|choice|answer) numbers?\b"
)
_TEXT_ASKED = re.compile(
    rf"\b{_ASKS}\b[^.]{{0,40}}"
    r"\b(?:one of (?:the|these|those)|(?:the|an?) (?:\w+ )?(?:option|item|choice|label|category))\b"
    r"(?:[^.]{0,20}\b(?:options|choices|answers|labels|categories|items|above|below|listed)\b)?"
)
_ANSWERS_ARE = re.compile(
    rf"\b{_ASKS}\b(?: with| by| either| only| just| simply| the| one of| option| letter)*:?\s+(.+)$"
)
_PAIR = re.compile(
    r"(?:^|[\s\"'(])(yes|true|valid|correct|agree|possible|right)[\"']?(?:/| or |, or |\|)[\"']?"
    r"(no|false|invalid|incorrect|disagree|impossible|wrong)[\"']?(?=[\s.,;:!?)]|$)"
)
_PAIR_ASKED = re.compile(
    rf"(?:^|,|\bthen|\band|\bplease|\bmust|\bshould|\bto|\bby|\bsimply|[.!?])\s*{_ASKS}\b[^.]{{0,45}}$"
)
_AFTERWARDS = re.compile(
    r"^[^.]{0,12}(?:,|\band\b|\bthen\b|\bfollowed\b|\bbefore\b|\bwith\b|\bplus\b)[^.]{0,40}"
    r"\b(?:expla\w+|why|justif\w+|reason\w*|because|rationale|evidence|details?|sentences?)\b"
)
_START = re.compile(r"\b(?:start|begin|starting|beginning|first word|open)\b")
_ANSWER = re.compile(
    r"(?i)\b(?:answer|option|choice|letter|solution|result|number|verdict|label|conclusion|box\w*)s?\b|#"
)
_AFTER_MARK = re.compile(
    r"\b(?:after|behind|following|with|prefix\w*|preceded by)\b[^.\n]{0,30}?[\"'`“]?(#{2,6}|=>|>>)[\"'`”]?(?=[\s.,]|$)"
)
_BOXED = re.compile(r"(\\boxed|\\fbox|\$\\boxed)\s?\{[^{}\n]{0,20}\}\$?|(\\boxed)\b")
_POSTSCRIPT = re.compile(r"(?i)\W{0,2}p\.\s?(?:p\.\s?)?s\b")
_OPEN = re.compile(
    r"(?i)^(?:your |the |correct |final |best )*(?:answer|choice|option|letter)"
    r"(?: \([^()]{1,30}\))?(?: is)?\s?:?\s?\(?$"
)
_NUMERIC = re.compile(
    r"\bhow (?:many|much|old|far|long|tall|fast)\b|\b(?:calculate|compute|sum|total|product|difference)\b|\bsolve\b|"
    r"\d\s?[-+*/×÷]\s?\d"
)


def answered(page: Page, forms: tuple[ReplyForm, ...]) -> tuple[ReplyForm, ...]:
    """The forms of the first message, as a question means them; further ones where it states none otherwise.

    Args:
        page: the message.
        forms: what was read of it as of any game's message.
    """
    forms = tuple(form for form in forms if not _POSTSCRIPT.match(form.span.text))
    shots = read_shots(page)
    begin = first_shot(page) if shots else None
    if begin is not None:
        forms = tuple(form for form in forms if form.span.start < begin)  # what worked examples hold states nothing
    if _is_played(page):
        return forms or shots
    choices = last_choices(page)
    found = (() if _shown(forms) else _marked(page)) or _as_asked(page, forms, choices) or shots
    if not found or (len(found) == 1 and len(found[0].parts) == 1 and found[0].slots):
        short = _short(page, choices)
        found = (short,) if short is not None and (not found or _is_better(short, found[0])) else found
    if len(found) != 1 or not _is_answer(found[0]) or not _has_room(page, found[0]):
        return found
    return (replace(found[0], parts=with_room(found[0].parts)), found[0])


def _shown(forms: tuple[ReplyForm, ...]) -> bool:
    """Whether one form is shown whole, with a placeholder behind a tag: no mark in it is all that is asked for."""
    tag = forms[0].parts[0] if len(forms) == 1 else None
    if not isinstance(tag, Literal) or len(forms[0].slots) != 1:
        return False
    return re.match(r"(?:\w+ ?)?(?:->|=>|=|:)", tag.text) is not None


def _is_played(page: Page) -> bool:
    """Whether the message sets up a game: two signs of play outside of its questions, told to "you"."""
    signs: set[str] = set()
    for sentence in _told(page):
        if not sentence.lower.endswith("?"):
            signs.update(next(filter(None, match.groups())) for match in _PLAYED.finditer(sentence.lower))
    return len(signs) >= 2 and any(_YOU.search(sentence.lower) for sentence in _told(page))


def _told(page: Page) -> Iterator[Sentence]:
    return (sentence for sentence in page.sentences if sentence.region is Region.RULE)


def _is_answer(form: ReplyForm) -> bool:
    """Whether a form is one short answer, with or without fixed words around it."""
    if len(form.slots) != 1 or len(form.parts) > 3 or form.slots[0].kind in _LONG:
        return False
    return bool(_ANSWER.search(form.slots[0].name + form.span.text))


_LONG = (SlotKind.PROSE, SlotKind.GRID, SlotKind.JSON)


def _is_better(short: ReplyForm, known: ReplyForm) -> bool:
    """Whether a short answer says more of the reply than what was read: options, or how they are written."""
    old, new = known.slots[0], short.slots[0]
    if old.kind in (SlotKind.TEXT, SlotKind.WORD, SlotKind.NUMBER):
        return True
    return {option.lower() for option in old.options} == {option.lower() for option in new.options}


def _as_asked(page: Page, forms: tuple[ReplyForm, ...], choices: Choices | None) -> tuple[ReplyForm, ...]:
    """The forms as they are, or the only one tied to the options."""
    return (_tied(page, forms[0], choices),) if len(forms) == 1 else forms


def _tied(page: Page, form: ReplyForm, choices: Choices | None) -> ReplyForm:
    """The form with its answer tied to the letters of the options, where letters are spoken of."""
    if choices is None or not choices.lettered or not _is_answer(form):
        return form
    slot = form.slots[0]
    known = {label.lower() for label in choices.labels}
    if slot.kind not in (SlotKind.TEXT, SlotKind.WORD, SlotKind.CHOICE) or (
        slot.kind is SlotKind.CHOICE and not {option.lower() for option in slot.options} <= known
    ):
        return form
    shown = re.search(r"(?<![\w'])[A-Z](?![\w'])", form.span.text) is not None
    if not shown and not any(_LETTER.search(sentence.lower) for sentence in _told(page)):
        return form
    tied = replace(slot, kind=SlotKind.CHOICE, options=choices.labels, fixed=True, letters=None, low=None, high=None)
    parts: tuple[Part, ...] = tuple(tied if part is slot else part for part in form.parts)
    return replace(form, parts=parts)


def _has_room(page: Page, form: ReplyForm) -> bool:
    """Whether the message asks for reasoning before the answer and nowhere bars it."""
    asked = False
    for sentence in _told(page):
        states = sentence.start <= form.span.start < sentence.end
        if _SILENTLY.search(sentence.lower):
            return False
        if states and _NOTHING_ELSE.search(sentence.lower) and not _STEPS.search(sentence.lower):
            return False
        if (_STEPS.search(sentence.lower) and not _PERMITTED.search(sentence.lower)) or (
            states and _ROOM.search(sentence.lower)
        ):
            asked = True
    return asked or any(isinstance(part, Literal) and _BOXED.search(part.text + "}") for part in form.parts)


def _marked(page: Page) -> tuple[ReplyForm, ...]:
    """An answer in a box, or behind a mark of its own, with whatever comes before it."""
    for sentence in _told(page):
        boxed, mark = _BOXED.search(sentence.text), _AFTER_MARK.search(sentence.text)
        if (boxed is None and mark is None) or not re.search(r"\b(?:answer|result|solution|number)\b", sentence.lower):
            continue
        numeric = bool(re.search(r"\b(?:number|integer|digits)\b", sentence.lower)) or _asks_for_number(page)
        slot = Slot(name="answer", kind=SlotKind.NUMBER if numeric and not boxed else SlotKind.TEXT)
        parts: tuple[Part, ...] = (
            (Literal(text="\\boxed{"), slot, Literal(text="}"))
            if boxed
            else (Literal(text=f"{mark.group(1) if mark else ''} "), slot)
        )
        span = page.span(sentence.start, sentence.end)
        form = ReplyForm(parts=parts, span=span, confidence=0.7)
        return (replace(form, parts=with_room(parts)), form)
    return ()


def _asks_for_number(page: Page) -> bool:
    return any(_NUMERIC.search(sentence.lower) for sentence in page.sentences)


def _short(page: Page, choices: Choices | None) -> ReplyForm | None:
    """A short answer without fixed words that a sentence, or the open end of the message, asks for."""
    bullets = last_bullets(page)
    for sentence in _told(page):
        slot = _of_options(sentence, choices, bullets) or _of_pair(sentence)
        if slot is not None:
            return ReplyForm(parts=(slot,), span=page.span(sentence.start, sentence.end), confidence=0.7)
    last = next((line for line in reversed(page.lines) if line.text), None)
    opened = _OPEN.match(last.text) if last is not None else None
    if last is None or opened is None or choices is None or not choices.lettered:
        return None
    span = page.span(last.start, last.end)
    return ReplyForm(parts=(_choice(choices.labels),), span=span, confidence=0.6)


def _of_options(sentence: Sentence, choices: Choices | None, bullets: Choices | None) -> Slot | None:
    """A choice among the options that the message lists."""
    lower = sentence.lower
    if len(sentence.text) > 300 or _START.search(lower):
        return None
    if choices is not None:
        if choices.lettered and (_LETTER_ASKED.search(lower) or _enumerates(lower, choices)):
            return _choice(choices.labels)
        if not choices.lettered and (_NUMBER_ASKED.search(lower) or _enumerates(lower, choices)):
            return _choice(choices.labels)
    offered = bullets if bullets is not None else choices
    if offered is None or not _TEXT_ASKED.search(lower) or _counts(lower):
        return None
    firm = bullets is not None or bool(re.search(r"\b(?:text|exact\w*|verbatim|word for word)\b", lower))
    return _choice(offered.texts) if firm and all(len(text) <= 80 for text in offered.texts) else None


def _counts(lower: str) -> bool:
    """Whether a sentence speaks of bullets to be written rather than of options to choose from."""
    return bool(re.search(r"\b(?:bullet|each|every|all|at least|exactly \w+|list of|items? in)\b", lower))


def _enumerates(lower: str, choices: Choices) -> bool:
    """Whether a sentence names exactly the labels as answers ("reply with a, b or c")."""
    asked = re.search(
        rf"\b{_ASKS}\b(?: with| by| either| only| just| simply| the| one of| option| letter)*:?\s+(.+)$", lower
    )
    if asked is None:
        return False
    items = split_list(re.split(r"[.!?;]|, (?:and|with|then|nothing)\b", asked.group(1))[0])
    return [item.strip("()").lower() for item in items] == [label.lower() for label in choices.labels]


def _of_pair(sentence: Sentence) -> Slot | None:
    """Yes or no, true or false, when a sentence asks for one of them and for nothing behind it."""
    lower = sentence.lower
    pair = _PAIR.search(lower)
    if pair is None or len(lower) != len(sentence.text) or _START.search(lower):
        return None
    before, after = lower[: pair.start(1)], lower[pair.end() :]
    alone = not re.search(r"\w", before + after) or bool(re.fullmatch(r".*\?\s*\(\s*", before) and len(after) <= 2)
    told = _PAIR_ASKED.search(before.rstrip(" \"'(:"))
    if not (alone or told) or _AFTERWARDS.search(after) or re.search(r"\b(?:not|never|n't|whether|if)\b", before[-40:]):
        return None
    first, second = (sentence.text[slice(*pair.span(group))] for group in (1, 2))
    if first[0].isupper() or (alone and second[0].isupper()):
        first, second = first.capitalize(), second.capitalize()
    return _choice((first, second))


def _choice(options: tuple[str, ...]) -> Slot:
    return Slot(name="answer", kind=SlotKind.CHOICE, options=options, fixed=True)
