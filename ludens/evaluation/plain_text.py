"""Texts of others (names of games, models, folders) made harmless before they are printed, written or drawn.

Control characters and direction overrides show as themselves; signs that Markdown or HTML would act on are
escaped. What is ours needs none of this.
"""

import re

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ACTIVE = re.compile(r"[\\`*\[\]|~]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
LONGEST = 120


def visible(text: str) -> str:
    """The text on one line, with everything unseen made seen; a very long one is cut."""
    shown = _UNSEEN.sub(_sign, text.replace("\t", " ").replace("\r\n", " ").replace("\n", " "))
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def in_markdown(text: str) -> str:
    """The text as Markdown that renders as the text, also within a table."""
    escaped = _ACTIVE.sub(lambda found: f"\\{found[0]}", visible(text))
    return re.sub("[&<>]", lambda found: _ENTITIES[found[0]], escaped)


def in_plot(text: str) -> str:
    """The text as a label that matplotlib does not take for a formula."""
    return visible(text).replace("$", r"\$")


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"
