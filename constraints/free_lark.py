"""The grammar of free replies: the few general instructions that decoding keeps better than mending does.

A beginning to choose, a phrase to choose, JSON. Letter case, commas, quotation marks and
counts are mended in a finished draft instead: a model made to write in capitals writes
worse than it does before its words are capitalised. Letters of a language are not forced
either: measured, a model that knows the language uses them anyway, and another babbles.
"""

import json

from constraints.rulebook import Rule, RuleKind

_CONTROL = r"\x00-\x08\x0b-\x1f\x7f\x85"


def free_lark(rules: tuple[Rule, ...], tokens: int) -> str | None:
    """A grammar for a free reply under the rules; None when none of them is better kept while decoding."""
    by_kind = {rule.kind: rule for rule in rules}
    if RuleKind.JSON in by_kind:
        return _JSON
    phrases = by_kind.get(RuleKind.PHRASES)
    if phrases is not None and not by_kind.keys() & _LONG:
        return f"start: {_any_of(phrases.words)}\n"
    starts = by_kind.get(RuleKind.STARTS)
    if starts is not None and len(starts.words) > 1:
        return (
            f"start: ({_any_of(starts.words)}) rest\nrest[max_tokens={tokens}]: REST\n"
            f"REST: /([.,;:!]? ?[^\\s{_CONTROL}]([^{_CONTROL}]*[^\\s{_CONTROL}])?)?/\n"
        )
    return None


_LONG = frozenset(
    RuleKind(name) for name in ("words", "sentences", "paragraphs", "bullets", "sections", "two_responses", "keywords")
)
"""Rules that ask for more than a phrase."""


def _any_of(words: tuple[str, ...]) -> str:
    return " | ".join(json.dumps(word, ensure_ascii=False) for word in words)


_JSON = r"""start: object
object: "{" /\s{0,8}/ (pair ("," /\s{0,8}/ pair){0,60})? /\s{0,8}/ "}"
pair: TEXT /\s{0,2}/ ":" /\s{0,2}/ value
value: TEXT | NUMBER | "true" | "false" | "null" | object | list
list: "[" /\s{0,8}/ (value ("," /\s{0,8}/ value){0,60})? /\s{0,8}/ "]"
TEXT: /"([^"\\\x00-\x1f\x7f]|\\["\\\/bfnrt]){0,2000}"/
NUMBER: /-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?/
"""
