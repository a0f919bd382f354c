"""The second half of a verification: the bundle starts and plays, walled in, and is watched while it does.

Called only for a bundle whose files have passed every check.
"""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from submissions.checks_tree import Told, compare, walk
from submissions.manifest import Manifest
from submissions.sandbox import Player, PlayerFailed
from submissions.sandbox_venv import Environment, installed_from, linked
from submissions.verify_play import (
    GAMES,
    LATE_REPLY_S,
    PATIENCE_S,
    Answered,
    Played,
    Reply,
    Seat,
    ask_prompts,
    play_games,
)
from submissions.verify_record import Line, judged, skipped
from submissions.verify_weights import hashes, outside, pinned, strangers, unlike

NAMES = (
    "environment", "walls", "starts", "practice games", "general prompts", "time limit", "after the limit",
    "weights unchanged", "nothing else touched", "no pickle loaded", "one model in use",
)  # fmt: skip
"""The lines of this half, in their order."""

MOST_MISFORMED = 1
"""So many games may be aborted for a reply's form; more of them fail."""
_SPENT_S = 0.001
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a bundle is tried.

    Attributes:
        root: the bundle.
        manifest: what it says of itself, checked.
        pins: the packages that it asks for.
        work: an empty folder for everything that is written.
        limit_s: seconds for playing all games and prompts.
        games: which games.
        wheels: a folder of wheels to install from; None to link this interpreter's packages.
        namespaces: whether to try the system's own walls.
    """

    root: Path
    manifest: Manifest
    pins: Mapping[str, str]
    work: Path
    limit_s: float
    games: tuple[str, ...] = GAMES
    wheels: Path | None = None
    namespaces: bool = True


@dataclass(slots=True, kw_only=True)
class Tried:
    """What came of it.

    Attributes:
        lines: the checklist of this half.
        weights: hashes of the weights by name.
        packages: versions of the packages the bundle ran with.
    """

    lines: list[Line] = field(default_factory=list[Line])
    weights: dict[str, str] = field(default_factory=dict[str, str])
    packages: dict[str, str] = field(default_factory=dict[str, str])

    def note(self, name: str, findings: Sequence[str], detail: str, began: float | None = None) -> None:
        """Adds a line; `began` is when its check began, on the monotonic clock."""
        seconds = 0.0 if began is None else time.monotonic() - began
        shown = [*findings[:_SHOWN], *([f"and {len(findings) - _SHOWN} more"] if len(findings) > _SHOWN else [])]
        self.lines.append(judged("run", name, shown, detail, seconds))


def none_of_it(reason: str) -> list[Line]:
    """The lines of this half for a bundle that is not run."""
    return [skipped("run", name, reason) for name in NAMES]


def try_out(trial: Trial, tell: Told) -> Tried:
    """Runs the bundle and judges what it does."""
    tried = Tried()
    began = time.monotonic()
    tell("a fresh environment")
    environment = _environment(trial)
    elsewhere = outside(trial.manifest, environment)
    tried.weights = hashes(trial.root, trial.manifest, elsewhere, tell)
    tried.packages = {name: package.version for name, package in environment.packages.items()}
    wanted = {file.path: file.sha256 for file in trial.manifest.of_role("weights", "adapter")} | pinned(trial.manifest)
    faults = [*environment.findings, *strangers(trial.manifest, environment), *unlike(tried.weights, wanted)]
    tried.note("environment", faults, environment.detail, began)
    if faults:
        tried.lines += [skipped("run", name, "there is no environment to run it in") for name in NAMES[1:]]
        return tried
    with Player(trial.root, trial.manifest, environment, trial.work, namespaces=trial.namespaces) as player:
        _play(trial, player, tried, tell)
        mapped = player.weights_in_memory()
    _unchanged(trial, elsewhere, tried, tell)
    _watched(trial, player, {str(path) for path in elsewhere.values()}, mapped, tried)
    return tried


def _environment(trial: Trial) -> Environment:
    folder = trial.work / "environment"
    if trial.wheels is None:
        return linked(folder, trial.pins)
    locks = [trial.root / file.path for file in trial.manifest.of_role("lock")]
    return installed_from(folder, locks, trial.wheels)


def _play(trial: Trial, player: Player, tried: Tried, tell: Told) -> None:
    """Opens the bundle twice, with its limit and with none left, and plays."""
    walls = player.walls
    network = "a network namespace without interfaces" if walls.network else "a guard on Python's sockets"
    files = walls.files or "a guard on Python's file calls, and hashes before and after"
    why = f"; {walls.why}" if walls.why else ""
    tried.note("walls", [], f"no network: {network}; nothing to write: {files}{why}")
    tell("the bundle starts")
    began = time.monotonic()
    try:
        loaded_s = player.open("within", {"run_seconds": trial.limit_s}, PATIENCE_S)
        seat = Seat(player=player, name="within", limit_s=trial.limit_s)
    except PlayerFailed as failed:
        tried.note("starts", [f"it does not start: {failed}"], "", began)
        tried.lines += [skipped("run", name, "it does not start") for name in NAMES[3:7]]
        return
    tried.note("starts", [], f"answers after {loaded_s:.1f} s", began)
    began = time.monotonic()
    played = play_games(seat, trial.games, tell)
    tried.note("practice games", list(_broken(seat, played)), _standing(played, seat.replies), began)
    began = time.monotonic()
    answered = ask_prompts(seat, tell=tell)
    tried.note("general prompts", list(_unanswered(answered)), _formed(answered), began)
    tried.note("time limit", list(_overrun(seat.replies)), _pace(seat, trial.limit_s))
    _play_late(trial, player, tried, {game.game for game in played if game.misformed}, tell)


def _play_late(trial: Trial, player: Player, tried: Tried, misread: set[str], tell: Told) -> None:
    """The same games with the time all spent: there is still a reply to everything, at once and as legal as before."""
    began = time.monotonic()
    try:
        player.open("after", {"run_seconds": _SPENT_S}, PATIENCE_S)
    except PlayerFailed as failed:
        tried.note("after the limit", [f"it does not start again: {failed}"], "", began)
        return
    seat = Seat(player=player, name="after", limit_s=0.0)
    played = play_games(seat, trial.games, lambda game: tell(f"{game}, after the limit"))
    ask_prompts(seat, tell=lambda prompt: tell(f"{prompt}, after the limit"))
    findings = [*_broken(seat, played), *_overrun(seat.replies)]
    for game in played:
        if game.misformed and game.game not in misread:  # else its rules were misread, limit or not
            findings.append(f"{game.game} was aborted for the form of a reply, which it was not within the limit")
    slowest = max((reply.answer.seconds for reply in seat.replies if reply.answer is not None), default=0.0)
    detail = f"{_standing(played, seat.replies)}; slowest reply {slowest:.2f} s"
    tried.note("after the limit", findings, detail, began)


def _broken(seat: Seat, played: Sequence[Played]) -> Iterator[str]:
    missing = [reply for reply in seat.replies if reply.answer is None]
    for game in played:
        if game.outcome == "broken":
            fault = next((reply.fault for reply in missing if reply.where.startswith(f"{game.game},")), "")
            yield f"{game.game} broke at turn {game.turns + 1}: {fault}"
        elif game.outcome == "endless":
            yield f"{game.game} did not end within {game.turns} turns"
    misformed = [game for game in played if game.misformed]
    if len(misformed) > MOST_MISFORMED:
        yield f"{', '.join(game.game for game in misformed)} were aborted for the form of a reply"


def _standing(played: Sequence[Played], replies: Sequence[Reply]) -> str:
    ends = [f"{count} {what}" for what in ("won", "lost", "aborted") if (count := _count(played, what))]
    aborted = [f"{game.game}: {game.rule}" for game in played if game.outcome == "aborted"]
    refused = sum(bool(reply.broke) for reply in replies)
    misformed = sum(reply.misformed for reply in replies)
    ended = ", ".join(ends) + (f" ({'; '.join(aborted)})" if aborted else "")
    refusals = f"{refused} replies refused, {misformed} of them for their form"
    return f"{len(played)} games, {len(replies)} replies; {ended or 'none ended'}; {refusals}"


def _count(played: Sequence[Played], outcome: str) -> int:
    return sum(game.outcome == outcome for game in played)


def _unanswered(answered: Sequence[Answered]) -> Iterator[str]:
    for each in answered:
        if each.reply is None or not each.reply.strip():
            yield f"no reply to the prompt '{each.prompt.name}'"


def _formed(answered: Sequence[Answered]) -> str:
    asked = [each for each in answered if each.formed is not None]
    return f"{len(answered)} prompts; {sum(bool(each.formed) for each in asked)} of {len(asked)} forms kept"


def _overrun(replies: Sequence[Reply]) -> Iterator[str]:
    """Replies that were never sent, or were too slow once the time was over."""
    late = [reply.answer.seconds for reply in replies if reply.after_limit and reply.answer is not None]
    if late and statistics.fmean(late) > LATE_REPLY_S:
        yield f"after the limit replies took {statistics.fmean(late):.1f} s on average, more than {LATE_REPLY_S:.0f} s"
    for reply in replies:
        if not reply.sent:
            yield f"{reply.where}: no reply ({reply.fault or 'it was empty'})"


def _pace(seat: Seat, limit_s: float) -> str:
    times = [reply.answer.seconds for reply in seat.replies if reply.answer is not None]
    after = sum(reply.after_limit for reply in seat.replies)
    sent = sum(reply.sent for reply in seat.replies)
    pace = f", {statistics.fmean(times):.2f} s a reply" if times else ""
    inside = f"{sent} of {len(seat.replies)} replies sent in {seat.seconds:.0f} s of {limit_s:.0f} s"
    return f"{inside}{pace}; {after} after the limit"


def _unchanged(trial: Trial, elsewhere: Mapping[str, Path], tried: Tried, tell: Told) -> None:
    began = time.monotonic()
    after = hashes(trial.root, trial.manifest, elsewhere, tell)
    findings = [f"{name} was changed while the bundle ran" for name, was in tried.weights.items() if after[name] != was]
    tree = walk(trial.root)
    findings += [f"after the run {fault}" for fault in (*tree.findings, *compare(tree, trial.manifest, tell))]
    tried.note("weights unchanged", findings, f"{len(after)} files of weights and all other files as before", began)


def _watched(trial: Trial, player: Player, elsewhere: set[str], mapped: tuple[str, ...] | None, tried: Tried) -> None:
    """What the guard saw, and what the system says of the process."""
    reports, scratch = player.reports, player.scratch
    left = [path for path in scratch.rglob("*") if path.is_file() and not path.is_symlink()]
    detail = (
        f"{len(left)} files in the scratch folder, {len(reports.of('network'))} connections refused, "
        f"{len(reports.of('program'))} programs started"
    )
    tried.note("nothing else touched", [f"it tried to write {path}" for path in reports.of("write")], detail)
    pickles = [f"a pickle imported {name}" for name in reports.of("pickle")]
    tried.note("no pickle loaded", pickles, "no pickle imported anything")
    ours = {str((trial.root / file.path).resolve()) for file in trial.manifest.of_role("weights", "adapter")}
    opened = {*reports.of("weights"), *(mapped or ())}
    strange = [path for path in sorted(opened - ours - elsewhere) if not path.startswith(f"{scratch.resolve()}/")]
    detail = f"{len(opened)} files of weights opened{'' if mapped is not None else ', as far as Python tells'}"
    tried.note("one model in use", [f"it opened other weights: {path}" for path in strange], detail)
