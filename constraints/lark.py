"""Writing the grammar of a turn in the Lark dialect of llguidance.

The dialect reads text with a greedy lexer that never steps back, so fixed
text that alternatives have in common is written once, and free text never
holds the character that the fixed text after it begins with.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from constraints.fields import MOST_CHOICES, Field
from constraints.forms import SlotKind
from constraints.json_values import JsonRules
from constraints.vocabulary import trie_pattern

_JSON_GAP = re.compile(r"(?<=\":) (?=[\"\[{\d]|$)|(?<=[\"\]}\d],) (?=\"|$)|(?<=^,) (?=\")")
MOST_ALTERNATIVES = 200
"""Most texts of a choice that are alternatives of the grammar rather than one pattern."""
MOST_ORDERED = 200
"""Most items of a list that the grammar keeps from being repeated."""
MOST_REPEATED = 40
"""Most items that a list of very many is filled with."""
MOST_PARAMETRIC = 60
"""Most items of a list whose repetition the grammar tracks by one bit each."""

Resolved = tuple[str | Field, ...]
"""A form with its literals as text and its slots as fields."""


@dataclass
class _Writer:
    """Collects rules and terminals."""

    lines: list[str] = field(default_factory=list[str])
    terminals: dict[str, str] = field(default_factory=dict[str, str])
    rules: dict[Field, str] = field(default_factory=dict[Field, str])
    json: JsonRules = field(default_factory=JsonRules)
    count: int = 0

    def fresh(self, head: str) -> str:
        self.count += 1
        return f"{head}{self.count}"


def write(forms: Sequence[Resolved]) -> str:
    """The grammar of all replies in one of the forms."""
    writer = _Writer()
    body = " | ".join(
        _alternatives(group, writer, 0, tolerant)
        for tolerant in (False, True)
        if (group := [form for form in forms if is_object(form) is tolerant])
    )
    heads = [f"start: {body}"]
    return (
        "\n".join(
            [*heads, *writer.lines, *writer.json.lines, *(f"{name}: {text}" for text, name in writer.terminals.items())]
        )
        + "\n"
    )


def is_object(form: Resolved) -> bool:
    """Whether a form is a JSON object, where blanks behind colons and commas do not count."""
    return (
        bool(form)
        and isinstance(form[0], str)
        and form[0].startswith('{"')
        and isinstance(form[-1], str)
        and form[-1].endswith("}")
    )


def _alternatives(forms: list[Resolved], writer: _Writer, depth: int, tolerant: bool) -> str:
    """The union of forms, their common beginning written once."""
    forms = [form for index, form in enumerate(forms) if form not in forms[:index]]
    if len(forms) == 1:
        return _sequence(forms[0], writer, tolerant) or '""'
    if depth > 40:
        return " | ".join(_sequence(form, writer, tolerant) or '""' for form in forms)
    groups: dict[str, list[Resolved]] = {}
    for form in forms:
        head = form[0] if form else ""
        key = "text:" + head[:1] if isinstance(head, str) else f"field:{id(head)}:{writer.fresh('g')}"
        groups.setdefault(key, []).append(form)
    written: list[str] = []
    for group in groups.values():
        if len(group) == 1:
            written.append(_sequence(group[0], writer, tolerant) or '""')
            continue
        prefix = _common([form[0] for form in group if form and isinstance(form[0], str)])
        rests = [_behind(form, len(prefix)) for form in group]
        inner = _alternatives(rests, writer, depth + 1, tolerant)
        head = _spaced(prefix) if tolerant else _literal(prefix)
        written.append(f"{head} ({inner})" if prefix else f"({inner})")
    return " | ".join(written)


def _common(texts: list[str]) -> str:
    """The longest common beginning."""
    first, last = min(texts), max(texts)
    for index, char in enumerate(first):
        if index >= len(last) or last[index] != char:
            return first[:index]
    return first


def _behind(form: Resolved, length: int) -> Resolved:
    """The rest of a form behind `length` characters of its first literal."""
    head = form[0]
    if not isinstance(head, str):
        return form
    return form[1:] if len(head) == length else (head[length:], *form[1:])


def _sequence(form: Resolved, writer: _Writer, tolerant: bool) -> str:
    parts: list[str] = []
    stop = ""
    for part in form:
        if isinstance(part, str):
            part, stop = part.removeprefix(stop), ""
            if part:
                parts.append(_spaced(part) if tolerant else _literal(part))
        else:
            parts.append(_field(part, writer))
            stop = part.stop
    return " ".join(parts)


def _spaced(text: str) -> str:
    """Fixed text of a JSON object: the blank behind a colon or a comma may be missing."""
    pieces = _JSON_GAP.split(text)
    return ' " "? '.join(_literal(piece) for piece in pieces if piece) + (' " "?' if pieces[-1] == "" else "")


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _field(one: Field, writer: _Writer) -> str:
    known = writer.rules.get(one)
    if known is not None:
        return known
    name = writer.fresh("slot")
    writer.rules[one] = name
    kind = one.slot.kind
    options = one.options()
    if kind is SlotKind.LIST and one.slot.options:
        _list(one, name, writer)
    elif options is not None and (kind is not SlotKind.NUMBER or len(options) <= MOST_CHOICES):
        spelled = dict.fromkeys(spelling for option in options for spelling in one.spellings(option))
        writer.lines.append(f"{name}: {_any_of(tuple(spelled), writer)}")
    elif kind is SlotKind.JSON:
        writer.lines.append(f"{name}: {writer.json.rule(one.slot.template, one.slot.examples)}")
    else:
        terminal = _terminal(one, writer)
        bounded = kind in (SlotKind.TEXT, SlotKind.PROSE, SlotKind.LIST)  # a word is bounded by its pattern
        limits = [f"max_tokens={max(1, one.tokens)}"] if bounded else []
        limits += [f"suffix={_literal(one.stop)}"] if one.stop else []
        limit = f"[{', '.join(limits)}]" if limits else ""
        writer.lines.append(f"{name}{limit}: {terminal}")
    return name


def _any_of(values: tuple[str, ...], writer: _Writer) -> str:
    """One of several texts; of very many, a terminal, since a parser holds only so many alternatives at once."""
    if len(values) <= MOST_ALTERNATIVES:
        return " | ".join(_literal(value) for value in values)
    return _named(f"/{trie_pattern(values).replace('/', chr(92) + '/')}/", writer)


def _terminal(one: Field, writer: _Writer) -> str:
    pattern = one.decoded().replace("/", "\\/")
    text = f"/{pattern}/" + "".join(f" & ~/{entry.replace('/', chr(92) + '/')}/" for entry in one.excluded())
    return _named(text, writer)


def _named(text: str, writer: _Writer) -> str:
    """The name of a terminal."""
    if text not in writer.terminals:
        writer.terminals[text] = f"TEXT{len(writer.terminals)}"
    return writer.terminals[text]


def _list(one: Field, name: str, writer: _Writer) -> None:
    """A list of distinct items in any order; with many items, in the order of the prompt; with very many, of any.

    That items of a very long list differ is left to the check: a parser cannot hold as much.
    """
    items = one.items()
    low, high = one.counts()
    gap = one.slot.separator
    if high == 1:
        writer.lines.append(f"{name}: {_any_of(items, writer)}")
        return
    if len(items) <= MOST_PARAMETRIC:
        first = " | ".join(f"{_literal(item)} {name}m::set_bit({bit})" for bit, item in enumerate(items))
        further = " | ".join(
            f"{_literal(gap + item)} {name}m::set_bit({bit}) %if bit_clear({bit})" for bit, item in enumerate(items)
        )
        ends = f'"" %if bit_count_ge(_, {low})' if low > 1 else '""'
        writer.lines.append(f"{name}: {name}f::0x0")
        writer.lines.append(f"{name}f::_ : {first}")
        writer.lines.append(f"{name}m::_ : {ends} | {name}n::_ %if bit_count_lt(_, {high})")
        writer.lines.append(f"{name}n::_ : {further}")
        return
    if len(items) > MOST_ORDERED:
        one_item = _any_of(items, writer)
        most = max(low, min(high, MOST_REPEATED))
        writer.lines.append(f"{name}: {one_item} ({_literal(gap)} {one_item}){{{low - 1},{most - 1}}}")
        return
    for index, item in enumerate(items):
        rest = f" ({_literal(gap)} {name}x{index + 1})?" if index + 1 < len(items) else ""
        onward = f" | {name}x{index + 1}" if index + 1 < len(items) else ""
        writer.lines.append(f"{name}x{index}: {_literal(item)}{rest}{onward}")
    writer.lines.append(f"{name}: {name}x0")


def superset(forms: Sequence[Resolved]) -> str:
    """A regular expression, without lookaround, that every reply in one of the forms matches."""
    return "|".join("(?:" + "".join(_pattern(part, is_object(form)) for part in form) + ")" for form in forms)


def _pattern(part: str | Field, tolerant: bool) -> str:
    if isinstance(part, Field):
        return _loose(part)
    return " ?".join(re.escape(piece) for piece in _JSON_GAP.split(part)) if tolerant else re.escape(part)


def _loose(one: Field) -> str:
    options = one.options() if one.slot.kind is not SlotKind.LIST else None
    if options is not None:
        return "(?:" + "|".join(re.escape(spelling) for option in options for spelling in one.spellings(option)) + ")"
    if one.slot.kind is SlotKind.LIST and one.slot.options:
        item = "(?:" + "|".join(re.escape(item) for item in one.items()) + ")"
        low, high = one.counts()
        return f"{item}(?:{re.escape(one.slot.separator)}{item}){{{low - 1},{high - 1}}}"
    if one.slot.kind is SlotKind.JSON:
        return r"[\[{][^\n]*[\]}]"
    return "(?:" + one.pattern() + ")"
