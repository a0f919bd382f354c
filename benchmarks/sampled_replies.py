"""Replies sampled at a temperature, judged by the games' own masters: is any of them refused for form or rule?

The planner is off, so that the model itself speaks and only what was read from the prompts holds it. Every game is
played with fresh seeds until enough of its replies were decoded; the master that accepts or refuses them is the
game's. Episodes that ran into a turn limit are listed apart.

    python benchmarks/sampled_replies.py [GAME…] [--games DIR --file dev] [--replies 100] [--bare] [--json]
    python benchmarks/sampled_replies.py --games ../clembench wordle taboo --file dev.json

Without --games the practice games are played. Figures: replies = sampled from the model; fixed = determined by the
form, so that nothing was decoded; aborted = episodes ended for form or rule; limits = episodes ended by a limit.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from agent.config import AgentConfig
from games.arena import Episode, EpisodeStore, Game, Row, Status, find_games, load_rows
from games.arena import play as play_game
from ludens.play import Request, clem_model, loaded_model, plan

REFUSALS = ("violation", "invalid", "error")
"""What masters call their note that a reply was refused."""


@dataclass(slots=True, kw_only=True)
class Figures:
    """What came of one game.

    Attributes:
        episodes: played.
        replies: decoded by the model.
        fixed: determined by their form.
        refused: replies that the master counted as violations or sent back.
        aborted: episodes ended because of a reply.
        limits: episodes ended by a turn limit.
        broken: episodes that an exception ended.
        reasons: why episodes were aborted.
    """

    episodes: int = 0
    replies: int = 0
    fixed: int = 0
    refused: int = 0
    aborted: int = 0
    limits: int = 0
    broken: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])

    def add(self, episode: Episode) -> None:
        """Counts one episode."""
        notes = list(refusals(episode))
        self.episodes += 1
        for said in traces(episode):
            sources = [event["source"] for event in said if event["kind"] == "drafted"]
            self.replies += "model" in sources
            self.fixed += "model" not in sources
        self.refused += len(notes)
        if episode.outcome.status is Status.ERROR:
            self.broken += 1
        elif episode.outcome.status is Status.ABORTED:
            if notes and not _by_limit(episode):
                self.aborted += 1
                self.reasons[notes[-1][:120]] += 1
            else:
                self.limits += 1


def traces(episode: Episode) -> Iterator[list[dict[str, Any]]]:
    """The trace of every reply of an episode; of a bare reply, as if the model had drafted it."""
    for player in episode.requests.values():
        for call in player["calls"]:
            told = call["call"]["raw_response_obj"].get("trace", {}).get("events", [])
            yield told or [{"kind": "drafted", "source": "model"}]


def refusals(episode: Episode) -> Iterator[str]:
    """What the master noted about replies that it did not accept."""
    for turn in episode.interactions.get("turns", []):
        for event in turn:
            kind, content = str(event["action"]["type"]).lower(), event["action"]["content"]
            if any(sign in kind for sign in REFUSALS) or (kind == "metadata" and str(content).startswith("Error")):
                yield str(content)


def _by_limit(episode: Episode) -> bool:
    ended = episode.interactions.get("Ended")
    return isinstance(ended, dict) and str(ended.get("rule", "")).startswith("turns")


def lessons(arguments: argparse.Namespace, seed: int) -> list[tuple[Game, Sequence[Row]]]:
    """The games and what to play of them."""
    if arguments.games is None:
        return plan(Request(games=tuple(arguments.game), instances=arguments.instances, agent=AgentConfig(seed=seed)))
    games = find_games([arguments.games]).select(arguments.game)
    return [(game, load_rows(game, arguments.file)[: arguments.instances]) for game in games]


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Figures]:
    """Plays each game, with one seed after the other, until enough replies were sampled."""
    found: dict[str, Figures] = {}
    label = "bare" if arguments.bare else "ludens"
    with loaded_model(arguments.model) as model:
        for seed in range(arguments.seed, arguments.seed + arguments.rounds):
            for game, rows in lessons(arguments, seed):
                figures = found.setdefault(game.name, Figures())
                if figures.replies >= arguments.replies:
                    continue
                agent = AgentConfig(temperature=arguments.temperature, seed=seed).without("planner")
                player = clem_model(model, label, Request(agent=agent, model=arguments.model))
                with EpisodeStore.open(folder / f"{seed}", config={"seed": seed}, seed=seed, versions={}) as store:
                    play_game(game, rows, [player], label=label, store=store, batch_size=arguments.batch)
                    for episode in store.episodes(game=game.name, label=label):
                        figures.add(episode)
    return found


def main() -> None:
    """Plays, counts, prints."""
    parser = argparse.ArgumentParser(description="Sample replies and have the games' own masters judge them.")
    parser.add_argument("game", nargs="*", help="games by name; all of them when none is named")
    parser.add_argument("--games", type=Path, help="folder of clemcore games instead of the practice games")
    parser.add_argument("--file", help="instances file in each game's in/ folder")
    parser.add_argument("--model", default="embedded", help="which language model")
    parser.add_argument("--replies", type=int, default=100, help="replies to sample of each game")
    parser.add_argument("--instances", type=int, default=4, help="instances of each game and round")
    parser.add_argument("--rounds", type=int, default=8, help="most rounds, each with a seed of its own")
    parser.add_argument("--batch", type=int, default=4, help="episodes played at once")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first round")
    parser.add_argument("--temperature", type=float, default=1.0, help="of the first draft of every reply")
    parser.add_argument("--bare", action="store_true", help="the bare model")
    parser.add_argument("--out", type=Path, help="where episodes are kept")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sampled-") as folder:
        found = measure(arguments, arguments.out or Path(folder))
    if arguments.json:
        print(json.dumps({name: _plain(figures) for name, figures in found.items()}))
        return
    columns = ("episodes", "replies", "fixed", "refused", "aborted", "limits", "broken")
    headed = [Column(name, justify="right", min_width=len(name)) for name in columns]
    title = f"Replies sampled at temperature {arguments.temperature}, planner off"
    table = Table(Column("game", no_wrap=True), *headed, title=title)
    for name, figures in found.items():
        table.add_row(name, *(str(_plain(figures)[column]) for column in columns))
    console = Console()
    console.print(table)
    for name, figures in found.items():
        for reason, count in figures.reasons.most_common():
            console.print(f"{name}: {count} × {reason}", markup=False)


def _plain(figures: Figures) -> dict[str, Any]:
    names = ("episodes", "replies", "fixed", "refused", "aborted", "limits", "broken")
    return {name: getattr(figures, name) for name in names} | {"reasons": dict(figures.reasons)}


if __name__ == "__main__":
    main()
