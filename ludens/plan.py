"""Planning the time of a full evaluation: counts from stored episodes, rates from a data sheet or a measurement."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.table import Table

from agent.errors import UserError
from agent.models.locate import EMBEDDED, embedded_gguf
from games.arena import EpisodeStore, Outcome, Status
from submissions.timing import GPUS, RECORDED, Counts, Estimate, Gpu, Rates, estimate, rates, ways

_BILLIONS = re.compile(r"(?i)(?<![\d.])(\d+(?:\.\d+)?)\s*(b|m)(?![a-z0-9])")
_BF16_BYTES = 2.0
_KNOWN = {EMBEDDED: 135e6}
_RUNS = ("", "games", "static", "cognitive")  # where `ludens play` and `ludens eval` keep their episodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be planned.

    Attributes:
        model: the language model as after --model, or just its name with its size in it.
        games: games; all that were counted when empty.
        gpu: the GPU's name.
        hours: the time limit.
        counts: a folder of stored episodes to count; recorded figures when None.
        instances: of each game, in place of those counted.
        parameters: of the model; read off its name or file when None.
        reading: measured tokens of prompts a second, in place of the data sheet's.
        writing: measured tokens a second of one reply, likewise.
        batch: episodes side by side, where there is a batch.
        thinking_tokens: of thoughts before a reply, where the model thinks.
    """

    model: str
    games: tuple[str, ...] = ()
    gpu: str = "A100"
    hours: float = 2.0
    counts: Path | None = None
    instances: int | None = None
    parameters: float | None = None
    reading: float | None = None
    writing: float | None = None
    batch: int = 8
    thinking_tokens: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer.

    Attributes:
        counts: what was counted on.
        counted: where the counts come from, in words.
        rate: what the model computes.
        estimates: one for each way of playing.
        hours: the time limit.
        memory: whether the weights fit into the GPU's memory.
    """

    counts: Mapping[str, Counts]
    counted: str
    rate: Rates
    estimates: tuple[Estimate, ...]
    hours: float
    memory: bool

    def as_json(self) -> dict[str, Any]:
        """The plan as plain JSON values."""
        return {
            "hours": self.hours,
            "counted": self.counted,
            "games": sorted(self.counts),
            "instances": sum(count.instances for count in self.counts.values()),
            "reading_tokens_per_s": self.rate.reading,
            "writing_tokens_per_s": self.rate.writing,
            "rates": self.rate.source,
            "weights_fit": self.memory,
            "ways": [
                {
                    "way": each.way.name,
                    "switches": each.way.switches,
                    "calls": round(each.calls),
                    "prompt_tokens": round(each.read),
                    "generated_tokens": round(each.written),
                    "seconds": round(each.seconds),
                    "fits": each.fits(self.hours) and self.memory,
                }
                for each in self.estimates
            ],
        }


def plan(question: Question) -> Plan:
    """Estimates every way of playing.

    Raises:
        UserError: an unknown GPU or game, a model whose size nobody tells, or a folder without episodes.
    """
    gpu = GPUS.get(question.gpu.casefold())
    if gpu is None:
        raise UserError(
            f"There is no data sheet for '{question.gpu}'; choose from {', '.join(g.name for g in GPUS.values())}."
        )
    parameters, weight_bytes = _size(question)
    counts, counted, determined = _counts(question)
    rate = _rates(question, gpu, parameters, weight_bytes)
    games = list(counts.values())
    wanted = ways(batch=question.batch, thinking_tokens=question.thinking_tokens, determined=determined)
    return Plan(
        counts=counts,
        counted=counted,
        rate=rate,
        estimates=tuple(estimate(way, games, rate) for way in wanted),
        hours=question.hours,
        memory=weight_bytes < 0.9 * gpu.memory,
    )


def table(found: Plan) -> Table:
    """The plan as a table, a way of playing a line."""
    drawn = Table(caption=f"{found.rate.source}\ncounted: {found.counted}")
    for name in ("way of playing", "calls", "read", "written", "time", f"{found.hours:g} h"):
        drawn.add_column(name, justify="left" if name == "way of playing" else "right", no_wrap=True)
    for each in found.estimates:
        figures = (_short(each.calls), _short(each.read), _short(each.written), _clock(each.seconds))
        drawn.add_row(each.way.name, *figures, "fits" if found.memory and each.fits(found.hours) else "no")
    return drawn


def advice(found: Plan) -> list[str]:
    """What fits, in sentences."""
    lines = ["read, written: tokens of prompts that are computed, tokens that are generated."]
    if not found.memory:
        lines.append("The weights do not fit into this GPU's memory: take fewer bits or a larger GPU.")
    agents = [each for each in found.estimates if each.way.name.startswith("Ludens")]
    for each in agents if found.memory else ():
        if each.fits(found.hours):
            lines.append(f"Fits: {each.way.name} ({each.way.switches}).")
    room = _room_for_thoughts(agents, found.hours)
    if room is not None and found.memory:
        lines.append(
            f"Thoughts fit up to about {room:,} tokens before each reply (model.thinking_tokens), side by side."
        )
    lines.append(
        f"Whatever the estimate: run_seconds: {0.9 * 3600 * found.hours:.0f} in the submission's `agent` ends a run "
        "in time; when time runs short, the cheapest legal replies are sent."
    )
    return lines


def _room_for_thoughts(agents: Sequence[Estimate], hours: float) -> int | None:
    """How many tokens of thoughts still fit with several episodes side by side; time grows evenly with them."""
    wide = [each for each in agents if each.way.batch > 1]
    quick = next((each for each in wide if not each.way.thinking), None)
    slow = next((each for each in wide if each.way.thinking), None)
    if quick is None or slow is None or slow.seconds <= quick.seconds:
        return None
    a_token = (slow.seconds - quick.seconds) / slow.way.thinking
    return max(0, int((3600 * hours - quick.seconds) / a_token))


def _size(question: Question) -> tuple[float, float]:
    """Parameters, and bytes of the weights."""
    place = embedded_gguf() if question.model == EMBEDDED else Path(question.model).expanduser()
    files = [place] if place.is_file() else sorted(place.glob("*.safetensors")) if place.is_dir() else []
    weight_bytes = float(sum(file.stat().st_size for file in files))
    parameters = question.parameters or _KNOWN.get(question.model) or _named(question.model)
    if parameters is None and files and place.is_dir():
        parameters = weight_bytes / _BF16_BYTES
    if parameters is None:
        raise UserError(f"How large is {question.model}? Say it with --params, in billions: --params 8.")
    return parameters, weight_bytes or parameters * _BF16_BYTES


def _named(model: str) -> float | None:
    found = _BILLIONS.findall(model.rpartition("/")[2])
    if not found:
        return None
    number, unit = found[-1]
    return float(number) * (1e9 if unit.lower() == "b" else 1e6)


def _rates(question: Question, gpu: Gpu, parameters: float, weight_bytes: float) -> Rates:
    found = rates(gpu, parameters=parameters, weight_bytes=weight_bytes)
    if question.reading is None and question.writing is None:
        return found
    return replace(
        found,
        reading=question.reading or found.reading,
        writing=question.writing or found.writing,
        source="rates as given" if question.reading and question.writing else f"one rate as given; else {found.source}",
    )


def _counts(question: Question) -> tuple[Mapping[str, Counts], str, float | None]:
    """Counts by game, where they come from, and the share of Ludens's replies that needed no model."""
    determined: float | None = None
    if question.counts is None:
        counts: Mapping[str, Counts] = RECORDED
        source = "recorded episodes of the 2026 leaderboard's models, instances of its test phase"
    else:
        counts, determined = counted(question.counts)
        source = f"episodes in {question.counts}"
    unknown = [name for name in question.games if name not in counts]
    if unknown:
        raise UserError(f"Nothing was counted for the game '{unknown[0]}'; there is: {', '.join(sorted(counts))}.")
    kept = {name: counts[name] for name in question.games or counts}
    if question.instances is not None:
        kept = {name: replace(count, instances=question.instances) for name, count in kept.items()}
    return kept, source, determined


def counted(folder: Path) -> tuple[dict[str, Counts], float | None]:
    """Counts by game of stored episodes, those of the bare model where there are any.

    Args:
        folder: a run folder, or one that `ludens eval --out` wrote.

    Returns:
        the counts, and the share of Ludens's replies that needed no model; None without such episodes.

    Raises:
        UserError: there are no scored episodes in it.
    """
    outcomes: list[Outcome] = []
    asked = replies = 0
    for store in _stores(folder):
        outcomes += [each for each in store.outcomes() if each.status is not Status.ERROR and each.usage.calls]
        for episode in store.episodes(label="ludens"):
            for bill in _bills(episode.requests):
                replies += 1
                asked += bool(bill.get("calls") or bill.get("scorings"))
    if not outcomes:
        raise UserError(
            f"{folder} holds no episodes to count; give a folder of `ludens play --out` or `ludens eval --out`."
        )
    bare = {each.key.game for each in outcomes if each.key.label == "bare"}
    by_game: defaultdict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        if each.key.game not in bare or each.key.label == "bare":
            by_game[each.key.game].append(each)
    return {name: _mean(group) for name, group in sorted(by_game.items())}, 1 - asked / replies if replies else None


def _mean(group: Sequence[Outcome]) -> Counts:
    calls = sum(each.usage.calls for each in group)
    instances = {(each.key.experiment, each.key.game_id) for each in group}
    return Counts(
        instances=len(instances),
        calls=calls / len(group),
        prompt_tokens=sum(each.usage.prompt_tokens for each in group) / calls,
        reply_tokens=sum(each.usage.tokens for each in group) / calls,
    )


def _stores(folder: Path) -> Iterator[EpisodeStore]:
    from games.arena.database import FILE_NAME

    for name in _RUNS:
        if (folder / name / FILE_NAME).is_file():
            with EpisodeStore.join(folder / name) as store:
                yield store


def _bills(value: Any) -> Iterator[Mapping[str, Any]]:
    """What each reply of Ludens cost, wherever it stands in the stored requests."""
    if isinstance(value, dict):
        if "usage" in value and "calls" in value:
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _bills(inner)


def _short(number: float) -> str:
    return (
        f"{number / 1e6:,.1f} M" if number >= 1e6 else f"{number / 1e3:,.1f} k" if number >= 1e4 else f"{number:,.0f}"
    )


def _clock(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}:{minutes:02d} h"
