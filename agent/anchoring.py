"""What of a model's reading can be believed, and how it joins what the deterministic reader found.

Every item needs an anchor: words of the prompt that bear it out. Where the
deterministic reader or an example in the prompt says otherwise, they win. Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.filled_form import READ_CHARACTERS, FilledForm, FilledLine
from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.reader.words import number
from constraints.rulebook import Rule, Rulebook, RuleKind
from constraints.span import Span
from constraints.turn import constrain

ASSISTED = 0.3
"""Confidence of what a model read; everything read without it is surer."""

_REACH = 260  # characters after a demand, and after a ban, that may belong to it

_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")
_VERB = re.compile(
    r"\b(?:repl(?:y|ies)|answers?|respon[ds]\w*|writ\w+|says?|speak|output|send|types?|use|give|state|put|expect\w*)\b",
    re.I,
)
_HINT = re.compile(
    r"\b(?:form(?:at)?|template|tag(?:ged)?|prefix\w*|exactly|only|nothing|begin\w*|start\w*|follow\w*|one\s+of|like\s+this"
    r"|shape|simply|just|no\s+other|syntax|in\s+one\s+way|single)\b",
    re.I,
)
_BARE = re.compile(r"\b(?:nothing|only|no\s+other|simply|just|in\s+one\s+way|without\s+any)\b", re.I)
_BAN = re.compile(r"\b(?:not|never|don[’']t|avoid|without|forbidden|taboo|banned|prohibited|off\s+limits|none)\b", re.I)
_SAYING = re.compile(r"\b(?:say|use|mention|utter|write|name|contain|include|spell|related|words?)\b", re.I)
_GAME = re.compile(
    r"\b(?:game|play(?:er|ing|ed)?|turns?|rounds?|guess\w*|clues?|moves?|partner|opponent|team|mates?|score|points?|wins?"
    r"|lose[sd]?|abort\w*|board|puzzle|secret|hidden)\b",
    re.I,
)
_ONE_WORD = re.compile(r"\b(?:one|single|\w+-letter)[ -](?:\w+[ ])?word\b|\ba\s+word\b", re.I)
_LETTERS = re.compile(r"\b(\w+)[ -]letters?\b", re.I)
_NUMBER = re.compile(r"\b(?:numbers?|integers?|digits?)\b", re.I)
_LIST = re.compile(r"\b(?:comma|commas|comma-separated)\b", re.I)
_ONE_LINE = re.compile(r"\b(?:one|a\s+single)\s+line\b", re.I)
_PLACEHOLDER = re.compile(r"[<>\[\]{}$…_]|\.\.\.")


def demands(prompt: str) -> list[tuple[int, int]]:
    """The stretches of a prompt that demand a form of reply, with what follows them closely."""
    text = prompt[:READ_CHARACTERS]
    return [
        (match.start(), min(len(text), match.end() + _REACH))
        for match in _SENTENCE.finditer(text)
        if _VERB.search(match.group()) and _HINT.search(match.group())
    ]


def looks_like_a_game(prompt: str) -> bool:
    """Whether a prompt speaks of playing: benchmark questions do not."""
    return len({word.lower()[:4] for word in _GAME.findall(prompt[:READ_CHARACTERS])}) >= 2


def merge(rulebook: Rulebook, filled: FilledForm, prompt: str, message: int) -> Rulebook:
    """The rulebook with what is believed of a model's reading.

    Args:
        rulebook: what was read without the model; it wins every conflict.
        filled: the model's reading.
        prompt: the message that both read.
        message: its index in the transcript.
    """
    page = _Prompt(prompt[:READ_CHARACTERS], message)
    forms = page.forms(filled)
    rules = tuple(rule for rule in page.rules(filled) if not _known(rule, rulebook.rules))
    joined = _joined(rulebook.forms, forms, page) if rulebook.forms else forms
    standing = rulebook.standing if rulebook.forms else joined
    rules = rules if joined or any(rule.kind is RuleKind.FORBIDDEN_WORDS for rule in rules) else ()
    return replace(rulebook, forms=joined, standing=standing, rules=(*rulebook.rules, *rules))


def assisted(rulebook: Rulebook) -> Rulebook:
    """The part of a rulebook that a model read."""
    return Rulebook(
        forms=tuple(form for form in rulebook.forms if form.confidence <= ASSISTED),
        rules=tuple(rule for rule in rulebook.rules if rule.confidence <= ASSISTED),
    )


def _known(rule: Rule, rules: Sequence[Rule]) -> bool:
    return any(other.kind is rule.kind for other in rules)


def _joined(own: tuple[ReplyForm, ...], others: tuple[ReplyForm, ...], page: "_Prompt") -> tuple[ReplyForm, ...]:
    """The forms read without a model; an assisted one joins them only where an example in the prompt shows it."""
    legal = constrain(Rulebook(forms=own))
    fresh = [form for form in others if (shown := page.example(form)) is not None and legal.check(shown)]
    return (*own, *fresh)


class _Prompt:
    """A prompt with the stretches that demand something."""

    def __init__(self, text: str, message: int) -> None:
        self._text = text
        self._message = message
        self._zones = demands(text)
        self._demanded = "\n".join(text[start:end] for start, end in self._zones)

    def forms(self, filled: FilledForm) -> tuple[ReplyForm, ...]:
        """The alternatives whose every line has an anchor; a bare word where no line has one and one word is wanted."""
        if not filled.fixed_form:
            return ()
        found = [form for lines in filled.replies if (form := self._form(lines, filled.options)) is not None]
        if not found and filled.one_word:
            form = self._form([FilledLine(tag="", value="one word")], ())
            found = [form] if form is not None else []
        return tuple({form.parts: form for form in found}.values())

    def rules(self, filled: FilledForm) -> list[Rule]:
        """The hard rules that have an anchor."""
        out: list[Rule] = []
        banned = tuple(word for word in dict.fromkeys(filled.forbidden) if self._is_banned(word))
        if banned:
            span = self._span(self._text.find(banned[0]), banned[0])
            out.append(Rule(kind=RuleKind.FORBIDDEN_WORDS, span=span, confidence=ASSISTED, words=banned))
        line = _ONE_LINE.search(self._demanded)
        if filled.one_line and line is not None:
            span = self._span(self._text.find(line.group()), line.group())
            out.append(Rule(kind=RuleKind.LINES, span=span, confidence=ASSISTED, low=1, high=1))
        return out

    def example(self, form: ReplyForm) -> str | None:
        """A line of the prompt in this form whose value is no placeholder."""
        for line in self._text.splitlines():
            fills = form.parse(line.strip(" \t\"'`“”"))
            if fills and not any(_PLACEHOLDER.search(value) for value in fills.values()):
                return line.strip(" \t\"'`“”")
        return None

    def _span(self, at: int, text: str) -> Span:
        at = max(0, at)
        return Span(message=self._message, start=at, end=at + len(text), text=self._text[at : at + len(text)])

    def _form(self, lines: Sequence[FilledLine], options: Sequence[str]) -> ReplyForm | None:
        parts: list[Part] = []
        names: set[str] = set()
        where: tuple[int, str] | None = None
        if not lines or (len(lines) > 1 and any(not line.tag for line in lines)):
            return None
        for number_, line in enumerate(lines):
            at = self._demand_of(line.tag) if line.tag else 0
            made = None if at is None else self._line(line, options, names)
            if at is None or made is None:
                return None
            where = where or (at, line.tag)
            parts += [Literal(text="\n"), *made] if number_ else made
        assert where is not None
        at, text = where if where[1] else (self._zones[0][0] if self._zones else 0, self._demanded.split("\n")[0])
        return ReplyForm(parts=_fused(parts), span=self._span(at, text), confidence=ASSISTED)

    def _demand_of(self, tag: str) -> int | None:
        """Where the tag stands in a stretch that demands a form; None when it does not."""
        for start, end in self._zones:
            at = self._text.find(tag, start, end)
            if at >= 0:
                return at
        return None

    def _line(self, line: FilledLine, options: Sequence[str], names: set[str]) -> list[Part] | None:
        name = re.sub(r"[^\w ]+", "", line.tag).strip().lower() or "answer"
        name = name if name not in names else f"{name} {len(names) + 1}"
        names.add(name)
        if line.value == "nothing":
            return [Literal(text=line.tag)] if line.tag and not line.tag.endswith((":", "=", "->", "=>")) else None
        slot = self._slot(line, name, options)
        if slot is None:
            return None
        if not line.tag:
            return [slot]
        closing = re.sub(r"^([<\[])", r"\1/", line.tag) if line.tag[0] in "<[" else ""
        if closing and closing in self._text:
            return [Literal(text=line.tag), slot, Literal(text=closing)]
        return [Literal(text=line.tag + self._gap(line.tag)), slot]

    def _gap(self, tag: str) -> str:
        at = self._text.find(tag) + len(tag)
        return "" if tag[0] == "<" or self._text[at : at + 1] in ("<", "[", "$", "{", "_") else " "

    def _slot(self, line: FilledLine, name: str, options: Sequence[str]) -> Slot | None:
        """The slot of a line; None for a bare reply that the prompt does not clearly demand."""
        offered = tuple(option for option in dict.fromkeys(options) if self._demand_of(option) is not None)
        kind, letters = SlotKind.TEXT, None
        if line.value == "one of the options" and len(offered) > 1:
            kind = SlotKind.CHOICE
        elif line.value == "comma list" and _LIST.search(self._demanded):
            kind = SlotKind.LIST
        elif line.value == "number" and _NUMBER.search(self._demanded):
            kind = SlotKind.NUMBER
        elif line.value == "one word" and _ONE_WORD.search(self._demanded):
            kind, letters = SlotKind.WORD, self._letters()
        bare = not line.tag
        if bare and (kind is SlotKind.TEXT or not _BARE.search(self._demanded)):
            return None
        slot = Slot(name=name, kind=kind, letters=letters, options=offered if kind is SlotKind.CHOICE else ())
        return slot if bare else self._as_shown(line.tag, slot)

    def _as_shown(self, tag: str, slot: Slot) -> Slot:
        """The slot, widened to text where an example in the prompt shows something else."""
        for match in re.finditer(rf"^[ \t\"'`“]*{re.escape(tag)}[ \t]*([^\n]+)$", self._text, re.M):
            value = match.group(1).strip(" \t\"'`“”")
            if not value or _PLACEHOLDER.search(value):
                continue
            wrong = (
                (slot.kind is SlotKind.WORD and (" " in value or len(value) != (slot.letters or len(value))))
                or (slot.kind is SlotKind.NUMBER and not value.isdecimal())
                or (slot.kind is SlotKind.CHOICE and value not in slot.options)
            )
            if wrong:
                return replace(slot, kind=SlotKind.TEXT, letters=None, options=())
        return slot

    def _letters(self) -> int | None:
        sizes = {size for text in _LETTERS.findall(self._demanded) if (size := number(text))}
        return sizes.pop() if len(sizes) == 1 else None

    def _is_banned(self, word: str) -> bool:
        """Whether the word stands in a sentence that bans saying things, or in the list that such a sentence opens."""
        return re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*", word) is not None and any(
            _BAN.search(sentence) and _SAYING.search(sentence)
            for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", self._text)
            if (sentence := self._sentence_before(match.start()))
        )

    def _sentence_before(self, at: int) -> str:
        """What the sentence around a place says before it; a sentence that ends in a colon goes on in its list."""
        before = self._text[max(0, at - _REACH) : at]
        return re.split(r"[.!?](?=\s)|\n\s*\n", before)[-1]


def _fused(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with neighbouring fixed texts joined."""
    out: list[Part] = []
    for part in parts:
        if isinstance(part, Literal) and out and isinstance(out[-1], Literal):
            out[-1] = Literal(text=out[-1].text + part.text)
        else:
            out.append(part)
    return tuple(out)
