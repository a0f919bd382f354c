"""The report of a run: what it cost, how it went, and what it changed, as Markdown with plots."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import UserError
from trainer.checkpoints import write_whole
from trainer.early_stopping import HELD_OUT, SCORE, logged
from trainer.ledger import Account, verify
from trainer.report_plots import Curve, before_after, curves
from trainer.run_folder import Result

Scores = dict[str, float]
"""A score from 0 to 100 by what was measured: a game, a static suite, all games together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report is made of.

    Attributes:
        result: what came of the run.
        settings: its configuration as plain values.
        history: what was noted at each step.
        account: what the ledger says; None where it is not beside the run.
        before: scores of the untrained model.
        after: scores of the trained one.
    """

    result: Result
    settings: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]]
    account: Account | None
    before: Scores
    after: Scores


def write_report(run: Path, out: Path, *, before: Sequence[Path] = (), after: Sequence[Path] = ()) -> Path:
    """Writes `report.md` and its plots.

    Args:
        run: the run's folder.
        out: the folder to write into.
        before: files of scores of the untrained model.
        after: files of scores of the trained one.

    Raises:
        UserError: the run has not ended, or a file of scores cannot be read.
    """
    facts = Facts(
        result=_result(run),
        settings=json.loads((run / "run.json").read_text(encoding="utf-8"))["settings"],
        history=json.loads((run / "history.json").read_text(encoding="utf-8")),
        account=_account(run),
        before=_all_scores(before),
        after=_all_scores(after),
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
        plots = _plots(facts, out)
        write_whole(out / "report.md", as_markdown(facts, plots))
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}): choose another folder.") from error
    return out / "report.md"


def as_markdown(facts: Facts, plots: Sequence[str] = ()) -> str:
    """The report's text."""
    result = facts.result
    lines = [f"# {result.objective}: {facts.settings.get('model', result.model)}", ""]
    lines += [f"The run ended because {result.stopped}.", ""]
    lines += _table(("what", "figure"), _cost(facts))
    measured = _milestones(facts.history)
    if measured:
        lines += ["", "## Milestones", "", *_table(("step", "tokens", "what", "figure"), measured)]
    if facts.before or facts.after:
        lines += ["", "## Before and after", ""]
        lines += _table(("what", "before", "after", "difference"), _changes(facts.before, facts.after))
    if plots:
        lines += ["", "## Curves", "", *(f"![{name}]({name})" for name in plots)]
    lines += ["", "## Settings", "", "```json", json.dumps(facts.settings, indent=1), "```", ""]
    return "\n".join(lines)


def scores_in(path: Path) -> Scores:
    """The scores in a file: the JSON of `ludens play --json`, `results.csv` of `clem eval`, or names with numbers.

    Raises:
        UserError: it is none of these.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix.lower() == ".csv":
            return _from_csv(text)
        data: Any = json.loads(text)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a file of scores.") from error
    except (ValueError, KeyError, IndexError) as error:
        raise UserError(f"{path} holds no scores that can be read ({error}): name another file.") from error
    if isinstance(data, dict) and isinstance(data.get("games"), dict):
        return _from_play(data)
    if isinstance(data, dict) and data and all(isinstance(value, int | float) for value in data.values()):
        return {str(name): float(value) for name, value in data.items()}
    raise UserError(f"{path} holds no scores: give the JSON of `ludens play --json`, a results.csv, or names: numbers.")


def _from_play(data: Mapping[str, Any]) -> Scores:
    several = len({label for lines in data["games"].values() for label in lines}) > 1
    found: Scores = {}
    for game, lines in data["games"].items():
        for label, line in lines.items():
            name = f"{game} ({label})" if several else str(game)
            found[name] = (line["played_pct"] or 0.0) * (line["quality"] or 0.0) / 100
    for label, line in data.get("total", {}).items():
        suffix = f" ({label})" if several else ""
        found[f"all games{suffix}"] = line["clemscore"] or 0.0
        found[f"% played{suffix}"] = line["played_pct"] or 0.0
    return found


def _from_csv(text: str) -> Scores:
    """`clem eval` writes a line per model and a column `GAME, FIGURE`; the first model's line is taken."""
    rows = list(csv.reader(text.splitlines()))
    header, line = rows[0], rows[1]
    figures = {name.strip(): float(value) for name, value in zip(header[1:], line[1:], strict=True) if value}
    found: Scores = {}
    for name, value in figures.items():
        game, _, figure = name.rpartition(",")
        if figure.strip() == "% Played" and game.strip() not in ("", "all", "-"):
            quality = next((v for n, v in figures.items() if n.startswith(f"{game},") and "Quality" in n), 0.0)
            found[game.strip()] = value * quality / 100
        elif figure.strip() == "clemscore":
            found["all games"] = value
    return found


def _all_scores(paths: Sequence[Path]) -> Scores:
    found: Scores = {}
    for path in paths:
        found |= scores_in(path)
    return found


def _result(run: Path) -> Result:
    try:
        return Result.model_validate_json((run / "result.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{run} holds no ended run: run it to its end first.") from error


def _account(run: Path) -> Account | None:
    path = run / "ledger.jsonl"
    return verify(path) if path.exists() else None


def _cost(facts: Facts) -> list[tuple[str, str]]:
    result = facts.result
    found = [
        ("steps", f"{result.steps:,}"),
        ("tokens in the ledger", f"{result.tokens:,}"),
        ("seconds", f"{result.seconds:,.0f}"),
        ("last training loss", _figure(result.loss)),
        ("best held-out loss", _figure(result.held_out)),
        ("best practice score", _figure(result.score)),
        ("head of the ledger", f"`{result.head}`"),
    ]
    if facts.account is not None:
        stage = facts.account.stages[-1]
        found[2:2] = [("of them in this stage", f"{stage.tokens:,}"), ("of them with loss", f"{stage.trained:,}")]
        if result.seconds and stage.tokens:
            found.insert(5, ("tokens a second", f"{stage.tokens / result.seconds:,.0f}"))
    return [(name, value) for name, value in found if value]


def _milestones(history: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, str]]:
    tokens: dict[int, float] = {int(note["step"]): note["tokens"] for note in history if "tokens" in note}
    found: list[tuple[str, str, str, str]] = []
    for note in history:
        step = int(note["step"])
        for name in (HELD_OUT, SCORE, "practice_played", "practice_quality"):
            if name in note:
                found.append((str(step), f"{tokens.get(step, 0):,.0f}", name.replace("_", " "), _figure(note[name])))
    return found


def _changes(before: Scores, after: Scores) -> list[tuple[str, str, str, str]]:
    names = list(dict.fromkeys([*before, *after]))
    return [
        (
            name,
            _figure(before.get(name), 1),
            _figure(after.get(name), 1),
            f"{after[name] - before[name]:+.1f}" if name in before and name in after else "",
        )
        for name in names
    ]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *body]


def _figure(value: float | None, places: int = 4) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _plots(facts: Facts, out: Path) -> list[str]:
    """Draws what there is to draw; names of the files."""
    found: list[str] = []
    tokens = {int(note["step"]): float(note["tokens"]) for note in facts.history if "tokens" in note}

    def curve(name: str, title: str) -> Curve:
        points = [(tokens.get(step, float(step)), value) for step, value in logged(facts.history, name)]
        return Curve(title=title, points=tuple(points))

    losses = [curve("loss", "training"), curve(HELD_OUT, "held out")]
    for file, kept, label in (
        ("loss.png", losses, "loss (nats a token)"),
        ("score.png", [curve(SCORE, "practice clemscore"), curve("practice_played", "% played")], "score"),
        ("reward.png", [curve("reward", "mean reward of a step")], "reward"),
    ):
        drawn = [one for one in kept if one.points]
        if drawn:
            curves(drawn, label, out / file)
            found.append(file)
    if facts.before and facts.after:
        before_after(facts.before, facts.after, out / "before_after.png")
        found.append("before_after.png")
    return found
