"""Languages by their letters, and English by its commonest words."""

import re

_SCRIPTS = {
    language: letters
    for languages, letters in (
        ("ru bg uk", "Ѐ-ӿ"),
        ("ja", "぀-ヿ一-鿿"),
        ("zh", "一-鿿"),
        ("ko", "가-힯"),
        ("hi mr ne", "ऀ-ॿ"),
        ("ar ur fa", "؀-ۿ"),
        ("bn", "ঀ-৿"),
        ("th", "฀-๿"),
        ("kn", "ಀ-೿"),
        ("gu", "઀-૿"),
        ("pa", "਀-੿"),
        ("ta", "஀-௿"),
        ("te", "ఀ-౿"),
        ("he", "֐-׿"),
        ("el", "Ͱ-Ͽ"),
    )
    for language in languages.split()
}


def letters_of(language: str) -> str | None:
    """The letters of a language's script, as the inside of a character class; None for Latin letters."""
    return _SCRIPTS.get(language)


_ENGLISH = re.compile(r"(?i)\b(?:the|and|of|is|are|with|that|this|for|you)\b")


def written_in(text: str, language: str) -> bool:
    """Whether a text could be in a language: by its script, or, in Latin letters, by not being English."""
    script = letters_of(language)
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return False
    if script is not None:
        return len(re.findall(f"[{script}]", text)) > 0.5 * len(letters)
    return len(_ENGLISH.findall(text)) < 0.08 * max(8, len(text.split()))
