"""The one table of the practice games: expert, stumbler, bare model and Ludens on the same instances.

    python benchmarks/practice_table.py FOLDER [GAME…] [--players expert,stumbler,bare,ludens] [--instances N]
        [--split validation] [--seed S] [--model SPEC] [--also FOLDER…] [--dev results.csv] [--markdown FILE]
        [--json FILE]

The expert has read the instance (its score is the ceiling); the stumbler breaks one rule in every instance, roles and
rules in turn, and should be refused for that very rule. Episodes are kept in FOLDER: a run that was stopped goes on
where it was, and a larger --instances plays only what is new. Two processes may play different players into different
folders; --also counts another folder's episodes in. With --dev, a results.csv that `clem eval` wrote, the
figures of clembench's games of the same kind stand beside Ludens's, and those outside its interval are marked.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from games import school
from games.arena import EpisodeStore, Report, Row, as_json, find_games, play, summarise
from games.arena.harness import load_clemcore
from games.arena.table import Figure, GameLine
from games.catalogue import CATALOGUE, find_game
from games.errors import UserError

PLAYERS = ("expert", "stumbler", "bare", "ludens")
DEV_NAMES = {
    "taboo": "taboo",
    "wordle": "wordle",
    "wordle_withclue": "wordle_clue",
    "wordle_withcritic": "wordle_critic",
    "textmapworld": "map",
    "textmapworld_graphreasoning": "map_graph",
    "textmapworld_specificroom": "map_room",
    "imagegame": "imagegame",
    "referencegame": "referencegame",
    "matchit_ascii": "matchit",
    "guesswhat": "guesswhat",
    "codenames": "codenames",
    "privateshared": "privateshared",
    "adventuregame": "adventure",
}
"""clembench's name to the practice game of the same kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """How a game met its stumbler.

    Attributes:
        episodes: how many there were.
        named: those that ended by the very rule that was broken.
    """

    episodes: int
    named: int


def main() -> int:
    """Plays what is missing and prints the table."""
    arguments = _arguments()
    try:
        names = [find_game(name).alias for name in arguments.games] or [
            entry.alias for entry in CATALOGUE if entry.alias != "minigames"
        ]
        dev = _dev_figures(arguments.dev) if arguments.dev else {}
        report, refused, errors = _run(arguments, names)
    except (UserError, _agent_error()) as error:
        print(error, file=sys.stderr)
        return 2
    text = markdown(report, refused, dev, arguments)
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text + "\n", encoding="utf-8")
    if arguments.json:
        values = as_json(report) | {"dev": dev, "settings": _settings(arguments)}
        values["refused"] = {game: {"episodes": own.episodes, "named": own.named} for game, own in refused.items()}
        arguments.json.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    return 1 if errors else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Expert, stumbler, bare model and Ludens on the practice games.")
    parser.add_argument("folder", type=Path, help="where the episodes are kept")
    parser.add_argument("games", nargs="*", help="practice games; all but the minigames when none is named")
    parser.add_argument("--players", default=",".join(PLAYERS), help="which of " + ", ".join(PLAYERS))
    parser.add_argument("--instances", type=int, default=40, help="instances of each game")
    parser.add_argument("--split", default="validation", help="train, validation or test")
    parser.add_argument("--seed", type=int, default=2025, help="seed of instances, samplers and intervals")
    parser.add_argument("--model", default="embedded", help="language model of bare and Ludens")
    parser.add_argument("--batch", type=int, default=4, help="episodes of the model played at once")
    parser.add_argument("--dev", type=Path, help="results.csv of clem eval on clembench's games, Ludens's row")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="further folders of the same settings")
    parser.add_argument("--markdown", type=Path, help="also write the table here")
    parser.add_argument("--json", type=Path, help="write all figures here")
    return parser.parse_args()


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the episodes depend on, the number of instances aside."""
    return {"split": arguments.split, "seed": arguments.seed, "model": arguments.model}


def _agent_error() -> type[Exception]:
    from agent.errors import UserError as AgentError

    return AgentError


def _run(arguments: argparse.Namespace, names: Sequence[str]) -> tuple[Report, dict[str, Refused], int]:
    load_clemcore()
    from ludens.console import progress

    labels = [label.strip() for label in arguments.players.split(",")]
    unknown = [label for label in labels if label not in PLAYERS]
    if unknown:
        raise UserError(f"There is no player '{unknown[0]}'; there are {', '.join(PLAYERS)}.")
    lessons = {name: _rows(name, arguments) for name in names}
    errors = 0
    with EpisodeStore.open(arguments.folder, config=_settings(arguments), seed=arguments.seed) as store:
        with progress(episodes=arguments.instances) as listen:
            for label in labels:
                with _player(label, arguments) as (model, batch):
                    for name, rows in lessons.items():
                        game = find_games().select([find_game(name).name])[0]
                        tally = play(game, rows, [model], label=label, store=store, batch_size=batch, on_event=listen)
                        errors += tally.errors
        with ExitStack() as stack:
            others = [stack.enter_context(EpisodeStore.join(folder)) for folder in arguments.also]
            for other in others:
                if other.configuration()["config"] != store.configuration()["config"]:
                    raise UserError(
                        f"{other.path} holds a run of other settings; the same split, seed and model count."
                    )
            return *_counted([store, *others], lessons, arguments.seed), errors


def _rows(name: str, arguments: argparse.Namespace) -> list[Row]:
    drawn = school.rows(name, split=arguments.split, count=arguments.instances, seed=arguments.seed)
    origin = f"seed {arguments.seed}"
    return [Row(experiment=row["experiment"], game_instance=row["game_instance"], origin=origin) for row in drawn]


@contextmanager
def _player(label: str, arguments: argparse.Namespace) -> Iterator[tuple[Any, int]]:
    """The model of a player, and how many episodes it plays at once."""
    from agent.config import AgentConfig
    from games.scripted import expert_model, stumbling_model
    from ludens.play import Request, clem_model, loaded_model

    if label in ("expert", "stumbler"):
        yield (expert_model() if label == "expert" else stumbling_model()), 1
        return
    request = Request(model=arguments.model, agent=AgentConfig(seed=arguments.seed), batch=arguments.batch)
    with loaded_model(arguments.model) as model:
        yield clem_model(model, "bare" if label == "bare" else "ludens", request), request.batch


def _counted(
    stores: Sequence[EpisodeStore], lessons: Mapping[str, Sequence[Row]], seed: int
) -> tuple[Report, dict[str, Refused]]:
    """The figures of the rows asked for, under the short names of the games."""
    wanted = {(find_game(name).name, *row.identity) for name, rows in lessons.items() for row in rows}
    played = {own.key: own for store in reversed(stores) for own in store.outcomes()}
    outcomes = [own for key, own in played.items() if (key.game, key.experiment, key.game_id) in wanted]
    report = summarise(outcomes, np.random.default_rng(seed))
    games = {find_game(name).alias: lines for name, lines in report.games.items()}
    ordered = {name: games[name] for name in lessons if name in games}
    refused = {name: _refusals(stores, name, wanted) for name, lines in ordered.items() if "stumbler" in lines}
    return Report(games=ordered, total=report.total), refused


def _refusals(stores: Sequence[EpisodeStore], name: str, wanted: set[tuple[str, str, int]]) -> Refused:
    """How many of a stumbler's episodes ended by the rule that it broke."""
    from games.branching import Episode
    from games.scripted import chosen_blunder

    game = find_game(name).name
    episodes = named = 0
    left = set(wanted)
    for episode in (own for store in stores for own in store.episodes(game=game, label="stumbler")):
        key = episode.outcome.key
        if (key.game, key.experiment, key.game_id) not in left:
            continue
        left.remove((key.game, key.experiment, key.game_id))
        row = {"game_name": game, "experiment": episode.experiment, "game_instance": episode.game_instance}
        again = Episode(row=row)
        while (rule := chosen_blunder(again.master, again.role)) is None:
            again.play_on(1)
        episodes += 1
        named += episode.interactions["Ended"].get("rule") == rule
    return Refused(episodes=episodes, named=named)


def _dev_figures(path: Path) -> dict[str, dict[str, float]]:
    """% played and quality of clembench's games, by the practice game of the same kind."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            row = next(iter(csv.DictReader(file)))
    except (OSError, StopIteration) as error:
        raise UserError(f"{path} is no results.csv of clem eval with a row in it ({error}).") from error
    found: dict[str, dict[str, float]] = {}
    for name, alias in DEV_NAMES.items():
        played, quality = row.get(f"{name}, % Played"), row.get(f"{name}, Quality Score")
        if played and quality:
            found[alias] = {"played_pct": float(played), "quality": float(quality)}
    return found


def markdown(
    report: Report, refused: Mapping[str, Refused], dev: Mapping[str, Mapping[str, float]], settings: argparse.Namespace
) -> str:
    """The table as Markdown."""
    head = ["Game", "n", "expert", "stumbler refused", "bare % played", "bare quality"]
    head += ["Ludens % played", "Ludens quality", *(["dev % played", "dev quality"] if dev else [])]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for game, players in report.games.items():
        count = str(max(line.episodes for line in players.values()))
        own = refused.get(game)
        cells = [game, count, _show(players, "expert", "quality")]
        cells += [f"{own.named}/{own.episodes}" if own else "–"]
        cells += [_show(players, label, what) for label in ("bare", "ludens") for what in ("played_pct", "quality")]
        cells += _beside(players.get("ludens"), dev.get(game)) if dev else []
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *_totals(report), "", _caption(settings, bool(dev))]
    return "\n".join(lines)


def _show(players: Mapping[str, GameLine], label: str, what: str) -> str:
    line = players.get(label)
    figure: Figure | None = None if line is None else getattr(line, what)
    return "–" if figure is None else f"{figure.value:.1f} [{figure.low:.0f}, {figure.high:.0f}]"


def _beside(line: GameLine | None, dev: Mapping[str, float] | None) -> list[str]:
    """The dev figures, marked where they lie outside Ludens's interval."""
    if dev is None:
        return ["–", "–"]
    cells: list[str] = []
    for what in ("played_pct", "quality"):
        figure: Figure | None = None if line is None else getattr(line, what)
        inside = figure is None or figure.low <= dev[what] <= figure.high
        cells.append(f"{dev[what]:.1f}" + ("" if inside else " *"))
    return cells


def _totals(report: Report) -> list[str]:
    lines: list[str] = []
    for label in PLAYERS:
        total = report.total.get(label)
        if total is None or total.played_pct is None:
            continue
        played, score = total.played_pct, total.clemscore
        text = f"- {label}: {played.value:.1f}% played [{played.low:.0f}, {played.high:.0f}]"
        if score is not None:
            text += f", clemscore {score.value:.1f} [{score.low:.1f}, {score.high:.1f}]"
        lines.append(text + (f", {total.errors} broken episodes" if total.errors else ""))
    return lines


def _caption(settings: argparse.Namespace, dev: bool) -> str:
    text = (
        f"Split {settings.split}, seed {settings.seed}, model {settings.model}. In brackets: 95% bootstrap intervals. "
        "Stumbler refused: episodes that ended by the very rule that was broken."
    )
    return text + (" Starred: dev figures outside Ludens's interval." if dev else "")


if __name__ == "__main__":
    sys.exit(main())
