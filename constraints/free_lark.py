"""The grammar of free replies: what of the general instructions decoding itself can keep."""

import json

from constraints.morphology import exclusion
from constraints.rulebook import Rule, RuleKind

_CONTROL = r"\x00-\x08\x0b-\x1f\x7f\x85"


def free_lark(rules: tuple[Rule, ...], tokens: int) -> str | None:
    """A grammar for a free reply under the rules; None when none of them can be kept while decoding."""
    kinds = {rule.kind for rule in rules}
    if RuleKind.JSON in kinds:
        return _JSON
    steered = kinds & {
        RuleKind.STARTS,
        RuleKind.NO_COMMAS,
        RuleKind.LOWERCASE,
        RuleKind.CAPITALS,
        RuleKind.QUOTED,
        RuleKind.REPEAT_PROMPT,
        RuleKind.FORBIDDEN_WORDS,
    }
    if not steered:
        return None
    barred = "," if RuleKind.NO_COMMAS in kinds else ""
    barred += '"' if RuleKind.QUOTED in kinds else ""
    barred += r"\p{Lu}" if RuleKind.LOWERCASE in kinds else r"\p{Ll}" if RuleKind.CAPITALS in kinds else ""
    words = tuple(word for rule in rules if rule.kind is RuleKind.FORBIDDEN_WORDS for word in rule.words)
    unwanted = exclusion(words)
    body = rf"/[^\s{_CONTROL}{barred}]([^{_CONTROL}{barred}]*[^\s{_CONTROL}{barred}])?/"
    if unwanted is not None:
        body += f" & ~/{unwanted.replace('/', chr(92) + '/')}/"
    before = next(
        (
            json.dumps(rule.words[0].strip(), ensure_ascii=False) + r" /\n{1,2}/ "
            for rule in rules
            if rule.kind is RuleKind.REPEAT_PROMPT
        ),
        "",
    )
    starts = next((rule.words for rule in rules if rule.kind is RuleKind.STARTS), ())
    if starts:
        options = " | ".join(json.dumps(word, ensure_ascii=False) for word in starts)
        return (
            f"start: ({options}) rest\nrest[max_tokens={tokens}]: REST\nREST: /([.,;:!]? "
            f"?[^\\s{_CONTROL}{barred}]([^{_CONTROL}{barred}]*[^\\s{_CONTROL}{barred}])?)?/\n"
        )
    quote = '"\\"" ' if RuleKind.QUOTED in kinds else ""
    return f"start: {quote}{before}body {quote}\nbody[max_tokens={tokens}]: BODY\nBODY: {body}\n"


_JSON = r"""start: object
object: "{" /\s{0,8}/ (pair ("," /\s{0,8}/ pair){0,60})? /\s{0,8}/ "}"
pair: TEXT /\s{0,2}/ ":" /\s{0,2}/ value
value: TEXT | NUMBER | "true" | "false" | "null" | object | list
list: "[" /\s{0,8}/ (value ("," /\s{0,8}/ value){0,60})? /\s{0,8}/ "]"
TEXT: /"([^"\\\x00-\x1f\x7f]|\\["\\\/bfnrt]){0,2000}"/
NUMBER: /-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?/
"""
