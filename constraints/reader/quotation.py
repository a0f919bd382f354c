"""Quotations in a text, in any kind of quotation marks."""

import re
from dataclasses import dataclass

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'"})


def plain(text: str) -> str:
    """The text with typographic quotes made plain; same length."""
    return text.translate(_QUOTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quotation.

    Attributes:
        text: what stands between the marks.
        start: offset of the opening mark.
        end: one past the closing mark.
    """

    text: str
    start: int
    end: int


_QUOTATION = re.compile(
    r'"([^"\n]{1,300})"|“([^”\n]{1,300})”|„([^“”\n]{1,300})[“”]|«([^»\n]{1,300})»|``?([^`\n]{1,300})``?|'
    r"(?<!\w)'([^'\n]{1,120}(?:'\w[^'\n]{0,60}){0,3})'(?!\w)|‘([^’\n]{1,200})’"
)


_NAMED_CALL = re.compile(r"[A-Za-z_]\w{0,30}\(\w{1,30}\s?=\s?[\"']")
_BRACED = re.compile(r"\{")


def quotes(text: str) -> list[Quote]:
    """The quotations of a sentence, in order."""
    if _NAMED_CALL.search(text):
        return []  # a call: its marks belong to its arguments
    if "{" in text and '"' in text and _BRACED.search(text):
        return []  # JSON: its marks are not quotations
    return [
        Quote(
            text=next(group for group in match.groups() if group is not None),
            start=match.start(),
            end=match.end(),
        )
        for match in _QUOTATION.finditer(text)
    ]
