"""Mentions: stretches of a sentence that are set off as fixed text or as a template, quoted or not.

Typography only: quotation marks, capital letters, tags, placeholders, calls,
prompt symbols. Whether a mention is a reply is read elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from constraints.reader.quotation import quotes
from constraints.reader.scan import Sentence

_MARK = (
    r"(?:<[^<>\n/]{1,60}>|\[[^\[\]\n]{1,60}\]|\{[A-Za-z_][^{}\n\"]{0,60}\}|\$\{?[A-Za-z_]{1,30}\}?|_{3,}|\.{3}|…|"
    r"[A-Z]+_HERE\b)"
)
_CAPS = r"(?<![\w'’-])[A-Z][A-Z0-9]+(?:[_-][A-Z0-9]+)*(?![a-z]|['’]\w)"
_TAG = (
    r"(?<![\w\"'])[A-Z][A-Za-z]{1,20}(?: [A-Z][A-Za-z]{1,20})?:(?=\s?(?:<|\[|\{|\$|\.\.\.|…|[A-Z]{2}(?![A-Z "
    r"]{0,20}:)))"
)
_TOKEN = rf"(?:{_MARK}|[A-Z][A-Z0-9_]*(?![a-z'’])|[a-z](?![\w'’])|\d{{1,4}}(?!\w)|[A-Z][a-z]{{1,12}}(?==))"
_CALLED = r"(?<!\w)[A-Za-z][A-Za-z_]{1,20}\((?:[^()\n]{1,80}|)\)"
_RUN = re.compile(
    rf"(?:{_CALLED}|(?:{_CAPS}|{_TAG}|(?<![\w>]){_MARK})(?:(?:\s?[:=;|/]\s?|\s?(?:->|=>|→)\s?| - | |"
    rf"-){_TOKEN}){{0,12}}:?)"
)
_SYMBOLED = re.compile(
    r"(?<!\S)(?:(?:>{1,2}|(?<![a-z] )(?:=>|->))\s?|[/!#@](?=\w))(?:[A-Za-z]+|<[^<>\n]{1,40}>|[A-Z]{2,})(?: "
    r"(?:[a-z]+|<[^<>\n]{1,40}>|"
    r"[A-Z]{2,})){0,3}(?=[\s.,;)]|$)"
)
EMPHASIS = re.compile(
    r"NOT|MUST|ONLY|EXACTLY|ALWAYS|NEVER|ALL|NO|ONE|AND|OR|YOU|YOUR|THE|DO|IS|ARE|ANY|EACH|EVERY|BOTH|"
    r"JSON|XML|HTML|YAML|CSV|ASCII|GM|AI|USA|UK|IMPORTANT|NOTE|RULES|RULE|WARNING|CAPS|CAPITAL|CAPITALS|"
    r"LETTERS|UPPERCASE|TWO|THREE|FOUR|FIVE|PLEASE|AT|MOST|LEAST|BEFORE|AFTER|MAY|CAN|CANNOT|SHOULD|ID|NB|"
    r"TV|PC|LLM|PLAYER|AN|IF|WHEN|THIS|THAT|FIRST|LAST|IN|ON|WITH|WITHOUT|AS|BE|BY|FOR|FROM|HAVE|HAS|IT|"
    r"ITS|OF|SO|THEN|TO|WILL|WORD|WORDS|PER|TURN|SINGLE|SAME|DIFFERENT|NEW|GAME|TASK|GOAL|NOTHING|ELSE|"
    r"OUTPUT|FORMAT|TEXT|NOW|ATTENTION|HINT|EXAMPLE|ANOTHER|OTHER|OTHERS|WE|ME|MY|US"
)
"""Words that capital letters only stress, and names of notations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One mention.

    Attributes:
        text: the stretch without quotation marks.
        start: offset in the sentence, marks included.
        end: one past its end, marks included.
        quoted: whether quotation marks set it off.
    """

    text: str
    start: int
    end: int
    quoted: bool


def mentions(sentence: Sentence, glossary: Mapping[str, str]) -> list[Mention]:
    """The mentions of a sentence, in order, without overlaps."""
    text = sentence.text
    found = [
        Mention(text=quote.text.strip(), start=quote.start, end=quote.end, quoted=True)
        for quote in quotes(text)
        if quote.text.strip()
    ]
    taken = [(one.start, one.end) for one in found]
    for pattern in (_RUN, _SYMBOLED):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < after and end > before for before, after in taken):
                continue
            shown = _trimmed(match.group())
            if shown and not _stressed(shown, text, start):
                found.append(Mention(text=shown, start=start, end=start + len(shown), quoted=False))
                taken.append((start, end))
    return sorted(found, key=lambda one: one.start)


def _trimmed(shown: str) -> str:
    """A run without a lone letter at its end that is a word of the sentence ("BID a", "> I")."""
    return re.sub(r"\s(?:a|I|s)$", "", shown).rstrip(" -")


def _stressed(shown: str, text: str, start: int) -> bool:
    """Whether capital letters only stress a word, or head a line."""
    if shown[0] in "<[{$_.…" or not shown[0].isupper():
        return shown[0] in "[{" and "," in shown  # a list
    first = re.match(r"[A-Z0-9]+", shown)
    if first is None or len(first.group()) < 2:
        return not re.match(r"[A-Z][A-Za-z ]+:", shown)
    if re.fullmatch(r"[A-Z]{1,12}(?:[-:/>][A-Z]{1,12}){1,3}", shown):
        return False  # FROM-TO
    if shown.isupper() and (EMPHASIS.fullmatch(first.group()) or len(shown) > 40):
        return True
    return text.isupper() and len(text.split()) > 1  # a heading
