"""Words that are never offered of Ludens' own accord: slurs and vulgar words.

Lists of frequent words hold them. A game may still lay such a word out itself;
whoever asks decides that. The list is kept in rot13 so that nobody has to read
it who only looks through the files.
"""

import codecs
import re
from functools import lru_cache
from importlib.resources import files

_ENDINGS = r"(?:s|es|ed|d|er|ers|ing|y|ies|ier|ish|hole|holes|head|heads|face|wit|ism|ity|ography)?"


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    kept = files("memory").joinpath("data", "barred.txt").read_text(encoding="utf-8")
    stems = "|".join(re.escape(codecs.decode(stem, "rot13")) for stem in kept.split())
    return re.compile(rf"\b(?:{stems}){_ENDINGS}\b")


def barred(text: str) -> tuple[str, ...]:
    """The barred words in a text, in lower case; () for nearly all texts."""
    return tuple(_pattern().findall(text.lower()))
