"""The form that a language model fills when it reads a prompt, and what of its answers can be believed.

The model may only choose among texts that stand in the prompt. What it chose is
believed where the prompt's own words bear it out; everything else is dropped.
Pure: knows no model.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Literal as OneOf

from pydantic import BaseModel, ConfigDict, Field

from constraints.grammar import Grammar

Value = OneOf["one word", "text", "number", "comma list", "one of the options", "nothing"]
MOST_CANDIDATES = 24
READ_CHARACTERS = 8_000
"""Beginning of a prompt that is searched."""

_CANDIDATE_CHARACTERS = 40

_TAGS = (
    re.compile(r"(?<![\w/])</?[A-Za-z][\w -]{0,24}>"),  # <guess>
    re.compile(r"\[/?[A-Za-z][\w -]{0,24}\]"),  # [GUESS]
    re.compile(
        r"(?<!\w)[A-Za-z][A-Za-z_-]{0,24}(?: [A-Za-z_-]{1,16}){0,2}[ ]?(?::|=>|->|=)(?=[\s\"'“<\[{$(._]|$)", re.M
    ),
    re.compile(r"(?:^|(?<=[\s\"'`“(]))[/!@#][A-Za-z]\w{1,20}\b", re.M),  # /guess
    re.compile(r"^[>»](?= )", re.M),
    re.compile(r"(?<![\w'])[A-Z]{3,20}(?![\w'])"),  # DONE
)
_OFFERED = re.compile(
    r"\"([^\"\n]{1,40})\"|“([^”\n]{1,40})”|`([^`\n]{1,40})`|(?<!\w)'([^'\n]{1,40})'(?!\w)"
    r"|^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+([^\n]{1,40})$"
    r"|(?:[\[({:,]|\bor\b|\band\b)[ \t]*([A-Za-z][\w-]{0,24})(?=[ \t]*(?:[,.;\])}]|\bor\b|\band\b|$))",
    re.M,
)


class FilledLine(BaseModel):
    """One line of a reply.

    Attributes:
        tag: the fixed text that it begins with; "" for none.
        value: what follows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str = Field(description="Fixed text at the beginning of the line; empty for none.")
    value: Value = Field(description="What follows the tag.")


class FilledForm(BaseModel):
    """What the model says about the replies that a prompt asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fixed_form: bool = Field(default=False, description="Whether a reply must have a certain form.")
    replies: tuple[tuple[FilledLine, ...], ...] = Field(default=(), description="Alternative replies, line by line.")
    options: tuple[str, ...] = Field(default=(), description="Values to choose from.")
    forbidden: tuple[str, ...] = Field(default=(), description="Words that may not be said.")
    one_line: bool = Field(default=False, description="Whether the reply is a single line.")
    one_word: bool = Field(default=False, description="Whether the reply is a single word.")


NOTHING = FilledForm()


def tag_candidates(prompt: str) -> tuple[str, ...]:
    """Texts of the prompt that may be tags of a reply, in its order."""
    prompt = prompt[:READ_CHARACTERS]
    found = [(match.start(), match.group().strip()) for pattern in _TAGS for match in pattern.finditer(prompt)]
    return _distinct(text for _, text in sorted(found) if not text.startswith(("</", "[/")))


def option_candidates(prompt: str) -> tuple[str, ...]:
    """Texts of the prompt that may be options or forbidden words, in its order."""
    groups = ((group for group in match.groups() if group) for match in _OFFERED.finditer(prompt[:READ_CHARACTERS]))
    return _distinct(text.strip() for group in groups for text in group)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(text for text in texts if 0 < len(text) <= _CANDIDATE_CHARACTERS and text.isprintable())
    return tuple(kept)[:MOST_CANDIDATES]


def form_grammar(tags: Sequence[str], options: Sequence[str]) -> Grammar:
    """The filled form as JSON, tags and options chosen from those given; no extra keys, one way to set blanks."""
    values = ["one word", "text", "number", "comma list", *(["one of the options"] if options else []), "nothing"]
    line = _object({"tag": {"enum": ["", *tags]}, "value": {"enum": values}})
    few = {"type": "array", "items": line, "minItems": 1, "maxItems": 3}
    chosen = {"type": "array", "items": {"enum": list(options)}, "maxItems": 12} if options else _empty()
    schema = _object(
        {
            "fixed_form": {"type": "boolean"},
            "replies": {"type": "array", "items": few, "maxItems": 3},
            "options": chosen,
            "forbidden": chosen,
            "one_line": {"type": "boolean"},
            "one_word": {"type": "boolean"},
        }
    )
    plain = json.dumps(schema, ensure_ascii=False)
    guided = {**schema, "x-guidance": {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}}
    return Grammar(lark=f"start: %json {json.dumps(guided, ensure_ascii=False)}", json_schema=plain)


def _object(properties: dict[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _empty() -> dict[str, object]:
    return {"type": "array", "items": {"type": "string", "maxLength": 1}, "maxItems": 0}
