"""Wording: which words of a text carry meaning, and what is left of them without endings.

Knows English function words and endings; knows no text and no game.
"""

import re

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_EMPTY_WORDS = frozenset(
    """
    a about also an and any are as at be belongs but by called can clue describes description do does each for
    from goes guess has have he her hint his how i if in into is it it's its just kind like many me meaning
    means more most my near no not of often on one or other our related she so some someone something sort such
    than that the their them then there these they thing things think this those to type us use used using
    usually very was we were what when where which who whose will with word would you your
    """.split()  # noqa: SIM905
)
_ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("ing", ""), ("ed", ""), ("es", "e"),
    ("s", ""),
)  # fmt: skip


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry meaning, in lower case, each once."""
    found = (match.group().casefold().strip("'’-") for match in _WORD.finditer(text))
    return tuple(dict.fromkeys(word for word in found if len(word) > 1 and word not in _EMPTY_WORDS))


def stem(word: str) -> str:
    """One spelling for the forms of a word, good enough to compare by."""
    word = word.casefold()
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word.rstrip("e") if len(word) > 3 else word


def stems(text: str) -> tuple[str, ...]:
    """The stems of the words of a text that carry meaning, each once."""
    return tuple(dict.fromkeys(stem(word) for word in content_words(text)))
