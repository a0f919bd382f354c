"""Replaying recorded transcripts: how many recorded replies the grammar read from the messages before them admits.

A reply counts as it would after the harness's usual tidying: blanks at its
ends, blank lines and trailing blanks are left out. Two figures are kept:
`accepted` under all that the game allows, and `decoded` under the stricter
grammar that steers decoding (one tagged line, where the game also lets
another tagged line follow).
"""

import json
from collections.abc import Iterable, Mapping
from typing import TypedDict, cast

import llguidance

from constraints.moment import Moment
from constraints.reader import read
from constraints.rulebook import Rulebook
from constraints.turn import TurnConstraint, constrain

_MANY = 1_000_000
LIMITS = llguidance.LLParserLimits(initial_lexer_fuel=50_000_000, step_lexer_fuel=5_000_000)
"""Room for a few hundred excluded words, as decoders have it."""


class Tally(TypedDict):
    """Figures of one game.

    Attributes:
        turns: recorded replies.
        accepted: how many of them are legal by what was read.
        decoded: how many of them decoding itself could have produced.
    """

    turns: int
    accepted: int
    decoded: int


class Report(TypedDict):
    """Figures of a replay.

    Attributes:
        games: by name of the game.
        total: of all games.
    """

    games: dict[str, Tally]
    total: Tally


def replay(lines: Iterable[str]) -> Report:
    """Replays transcripts, one JSON object per line with "game", "outcome" and "messages".

    Aborted episodes are left out: their replies need not be legal.
    """
    games: dict[str, Tally] = {}
    for line in lines:
        if not line.strip():
            continue
        record = cast(Mapping[str, object], json.loads(line))
        if record.get("outcome") == "aborted":
            continue
        tally = games.setdefault(str(record.get("game", "")), Tally(turns=0, accepted=0, decoded=0))
        _episode(cast(list[Mapping[str, str]], record["messages"]), tally)
    total = Tally(
        turns=sum(tally["turns"] for tally in games.values()),
        accepted=sum(tally["accepted"] for tally in games.values()),
        decoded=sum(tally["decoded"] for tally in games.values()),
    )
    return Report(games=games, total=total)


def _episode(messages: list[Mapping[str, str]], tally: Tally) -> None:
    rulebook = Rulebook()
    said: list[Mapping[str, str]] = []
    for index, message in enumerate(messages):
        own = message["role"] == "assistant"
        if own:
            reply = tidy(message["content"])
            moment = Moment(said=tuple(said), text_tokens=_MANY)
            strict = constrain(rulebook, moment=moment)
            decoded = admits(strict, reply)
            tally["turns"] += 1
            tally["decoded"] += decoded
            tally["accepted"] += decoded or admits(constrain(rulebook, moment=moment, tolerant=True), reply)
            fills = next(
                (found for form in rulebook.forms if (found := form.parse(message["content"])) is not None), None
            )
            if fills is not None:
                said.append(fills)
        rulebook = read(rulebook, message["content"], own=own, message=index)


def tidy(reply: str) -> str:
    """A reply without blanks at its ends, blank lines and trailing blanks."""
    return "\n".join(line.rstrip() for line in reply.strip().split("\n") if line.strip())


def admits(turn: TurnConstraint, reply: str) -> bool:
    """Whether the grammar of a turn admits a reply; everything is admitted when nothing was read."""
    grammar = turn.grammar()
    if grammar is None:
        return True
    tokenizer = llguidance.LLTokenizer("byte")
    language = llguidance.LLMatcher.grammar_from_lark(grammar.lark)
    matcher = llguidance.LLMatcher(tokenizer, language, log_level=0, limits=LIMITS)
    if matcher.is_error():
        raise AssertionError(matcher.get_error())
    tokens = tokenizer.tokenize_str(reply)
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()
