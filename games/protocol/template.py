"""Texts with `{slots}`: splitting, filling, and the files that hold them.

A voices file is plain text in sections. A line `@prompt ROLE NAME` or
`@say KEY` opens a section that lasts until the next one. A new wording is a
new section; no code changes. Names that begin with "unseen" are kept back:
only the test split speaks that way.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

UNSEEN = "unseen"
"""Begins the names of wordings that occur in the test split only."""

_SLOT = re.compile(r"\{([a-z_]+)\}")
_ARTICLE = re.compile(r"\b([Aa]) \{([a-z_]+)\}")
_VOWEL = re.compile(r"(?!uni|use|eu|one)[aeiou]", re.IGNORECASE)
_SECTION = re.compile(r"^@(prompt|say) (.+)$")


def split_template(template: str) -> list[tuple[bool, str]]:
    """The template as (is it a slot, text or slot name) in order."""
    pieces = _SLOT.split(template)
    return [(index % 2 == 1, piece) for index, piece in enumerate(pieces) if piece]


def slot_names(template: str) -> list[str]:
    """The slots in order of occurrence."""
    return _SLOT.findall(template)


def _with_article(found: re.Match[str], values: Mapping[str, object]) -> str:
    """An article and the slot after it, the article fitting the slot's value."""
    article, name = found.groups()
    return f"{article}{'n' if _VOWEL.match(str(values[name])) else ''} {{{name}}}"


def fill(template: str, **values: object) -> str:
    """Puts values into the slots; a line whose only content was an empty value disappears, "a" becomes "an" as needed.

    Raises:
        KeyError: a slot has no value.
    """
    lines: list[str] = []
    for line in template.splitlines():
        spelt = _ARTICLE.sub(lambda found: _with_article(found, values), line)
        filled = _SLOT.sub(lambda found: str(values[found.group(1)]), spelt)
        if any(not str(values[name]) for name in slot_names(line)):
            filled = re.sub(r"(?<=\S) {2,}", " ", filled)  # the gap that an empty value left
        if filled.strip() or not line.strip():
            lines.append(filled.rstrip() if line.startswith(" ") else filled.strip(" "))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The wordings of one game.

    Attributes:
        prompts: role to wording name to template of the first message.
        says: key to alternative templates of a game master's message.
    """

    prompts: dict[str, dict[str, str]]
    says: dict[str, tuple[str, ...]]

    def draw_prompt(self, rng: random.Random, role: str, *, unseen: bool = False) -> tuple[str, str]:
        """A wording for a role, as (name, template).

        Args:
            rng: the source of randomness.
            role: whose first message it is.
            unseen: whether wordings that are kept back for the test split may be drawn, as half of the draws are.
        """
        kept = [item for item in sorted(self.prompts[role].items()) if item[0].startswith(UNSEEN)]
        usual = [item for item in sorted(self.prompts[role].items()) if not item[0].startswith(UNSEEN)]
        return rng.choice(kept if unseen and kept and rng.random() < 0.5 else usual)

    def draw_says(self, rng: random.Random, *, prefix: str = "", unseen: bool = False) -> dict[str, str]:
        """One alternative for every message whose key starts with the prefix."""
        keys = [key for key in sorted(self.says) if key.startswith(prefix) and not key.startswith(UNSEEN)]
        return {key: self.draw(rng, key, unseen=unseen) for key in keys}

    def draw(self, rng: random.Random, key: str, *, unseen: bool = False) -> str:
        """One alternative of one message."""
        kept = self.says.get(f"{UNSEEN}.{key}", ())
        return rng.choice(kept if unseen and kept and rng.random() < 0.5 else self.says[key])


def parse_voices(text: str) -> Voices:
    """Reads the text of a voices file."""
    prompts: dict[str, dict[str, str]] = {}
    says: dict[str, list[str]] = {}
    head: tuple[str, str] | None = None
    body: list[str] = []

    def close() -> None:
        content = "\n".join(body).strip()
        if head is None:
            return
        if head[0] == "prompt":
            role, name = head[1].split()
            prompts.setdefault(role, {})[name] = content
        else:
            says.setdefault(head[1].strip(), []).append(content)

    for line in text.splitlines():
        found = _SECTION.match(line)
        if found:
            close()
            head, body = (found.group(1), found.group(2)), []
        else:
            body.append(line)
    close()
    return Voices(prompts=prompts, says={key: tuple(options) for key, options in says.items()})


@cache
def load_voices(package: str) -> Voices:
    """The voices file of a package ("games.taboo")."""
    return parse_voices((resources.files(package) / "voices.txt").read_text(encoding="utf-8"))
