"""The static suites of a clembench checkout, bare beside Ludens, on the same randomly drawn prompts.

Run it as `python benchmarks/static_suites.py --clembench DIR --suite ifeval [--instances 200] [--json]`.
It plays what the output folder does not hold yet, so that an interrupted run goes on and a larger one
adds to a smaller one. Judging is the suite's own; its code needs what it needs (ifeval: langdetect,
immutabledict and nltk with its sentence tokenizer).
"""

import argparse
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agent.config import AgentConfig
from agent.errors import UserError as AgentUserError
from agent.models.language_model import Completion, LanguageModel, Request, Sampling
from agent.models.locate import load
from games.arena import Episode, EpisodeStore, Game, Outcome, Row, Status, find_games, load_rows, play
from games.arena.bootstrap import interval
from games.arena.events import ArenaEvent, EpisodeEnded
from games.arena.harness import load_clemcore, loaded
from games.errors import UserError

SUITES = ("ifeval", "bbh", "eqbench", "cladder", "mmlu_pro")
LABELS = ("bare", "ludens")
RESAMPLES = 4000


def drawn(rows: Sequence[Row], count: int, seed: int, most_tokens: int) -> list[Row]:
    """Rows drawn at random; a smaller draw of the same seed is the beginning of a larger one.

    Args:
        rows: all rows of the suite.
        count: how many to draw.
        seed: of the draw.
        most_tokens: no suite gets more tokens for a reply, even where it asks for more.
    """
    order = list(rows)
    random.Random(seed).shuffle(order)
    return [_limited(row, most_tokens) for row in order[:count]]


def _limited(row: Row, most_tokens: int) -> Row:
    meta = dict(row.experiment.get("meta") or {})
    asked = dict(meta.get("generation_kwargs") or {})
    if asked.get("max_gen_toks", 0) <= most_tokens:
        return row
    meta["generation_kwargs"] = {**asked, "max_gen_toks": most_tokens}
    return replace(row, experiment={**row.experiment, "meta": meta})


class Remembering:
    """A language model that is asked for a greedy reply without a grammar only once.

    The bare player's reply is also the first draft of Ludens, where Ludens asks the very same; billed as if made anew.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._known: dict[Any, Completion] = {}
        self.score, self.embed = model.score, model.embed
        self.name = getattr(model, "name", type(model).__name__)

    def complete(self, messages: Any, grammar: Any, sampling: Sampling) -> Completion:
        """See `LanguageModel.complete`."""
        return self.complete_batch([(messages, grammar)], sampling)[0]

    def complete_batch(self, requests: Sequence[Request], sampling: Sampling) -> list[Completion]:
        """See `BatchLanguageModel.complete_batch`."""
        free = sampling.temperature == 0 and sampling.seconds is None
        keys = [
            (tuple((one.role, one.content) for one in messages), sampling.max_tokens)
            if free and grammar is None
            else None
            for messages, grammar in requests
        ]
        missing = [place for place, key in enumerate(keys) if key is None or key not in self._known]
        made = dict(zip(missing, self._asked([requests[place] for place in missing], sampling), strict=True))
        self._known.update({key: made[place] for place, key in enumerate(keys) if place in made and key is not None})
        return [made[place] if place in made else self._known[key] for place, key in enumerate(keys)]

    def _asked(self, requests: Sequence[Request], sampling: Sampling) -> list[Completion]:
        together = getattr(self._model, "complete_batch", None)
        if together is not None:
            return together(requests, sampling) if requests else []
        return [self._model.complete(messages, grammar, sampling) for messages, grammar in requests]


def players(model: str, most_tokens: int, threads: int | None) -> dict[str, Any]:
    """The clemcore models by label; they share their weights."""
    load_clemcore()
    from clemcore.backends import ModelSpec  # late: clemcore takes a while to import

    from agent.adapters.clem import ClemConfig, ClemModel  # late: it imports clemcore

    weights = Remembering(load(model, **({} if threads is None else {"threads": threads})))
    agent = AgentConfig(max_reply_tokens=most_tokens)
    spec = {label: ModelSpec(model_name=f"{model}-{label}", backend="ludens") for label in LABELS}
    return {
        label: ClemModel(spec[label], weights, ClemConfig(model=model, bare=label == "bare", agent=agent))
        for label in LABELS
    }


def points(outcome: Outcome, graded: bool) -> float | None:
    """The main score of an episode where the suite grades (none for an abort), else 100 for success."""
    if graded:
        return outcome.quality if outcome.status is Status.PLAYED else None
    return 100.0 if outcome.success else 0.0


def mean_interval(values: Sequence[float], rng: np.random.Generator) -> dict[str, float]:
    """A mean with its 95% bootstrap interval; of no values, not a number."""
    if not values:
        return {"mean": math.nan, "low": math.nan, "high": math.nan}
    data = np.asarray(values, dtype=np.float64)
    draws = data[rng.integers(0, len(data), size=(RESAMPLES, len(data)))].mean(axis=1)
    low, high = interval(draws, float(data.mean()))
    return {"mean": round(float(data.mean()), 2), "low": round(low, 2), "high": round(high, 2)}


def compared(outcomes: Iterable[Outcome], graded: bool, rng: np.random.Generator) -> dict[str, Any]:
    """Figures of both players, and of their difference on the prompts that both have answered."""
    by_label: dict[str, dict[tuple[str, int], Outcome]] = {label: {} for label in LABELS}
    for outcome in outcomes:
        if outcome.status is not Status.ERROR:
            by_label[outcome.key.label][outcome.key.experiment, outcome.key.game_id] = outcome
    figures: dict[str, Any] = {}
    for label, played in by_label.items():
        if not played:
            continue
        count = len(played)
        figures[label] = {
            "prompts": count,
            "played_pct": round(100 * sum(one.status is Status.PLAYED for one in played.values()) / count, 1),
            "success": mean_interval([100.0 * bool(one.success) for one in played.values()], rng),
            "score": mean_interval(_there(points(one, graded) for one in played.values()), rng),
            "tokens_per_reply": round(sum(one.usage.tokens for one in played.values()) / count, 1),
            "seconds_per_reply": round(sum(one.usage.seconds for one in played.values()) / count, 2),
        }
    gains = _gains(by_label["bare"], by_label["ludens"], graded)
    if gains:
        better, worse = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
        figures["difference"] = {"prompts": len(gains), **mean_interval(gains, rng), "better": better, "worse": worse}
    return figures


Played = Mapping[tuple[str, int], Outcome]


def _gains(bare: Played, ludens: Played, graded: bool) -> list[float]:
    """How much more Ludens has, on each prompt where both have a score."""
    pairs = [(points(bare[key], graded), points(ludens[key], graded)) for key in sorted(bare.keys() & ludens.keys())]
    return [more - less for less, more in pairs if less is not None and more is not None]


def _there(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def reply_of(episode: Episode) -> str:
    """The one reply of a static episode."""
    actions = [event["action"] for turn in episode.interactions["turns"] for event in turn if event["from"] != "GM"]
    return next((action["content"] for action in actions if action["type"] == "get message"), "")


def by_instruction(game: Game, store: EpisodeStore) -> dict[str, dict[str, str]]:
    """Per kind of instruction: how many were kept, by the suite's own checkers; {} where it has none."""
    kept: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    with loaded(game):
        registry = sys.modules.get("instructions_registry")
        if registry is None:
            return {}
        for episode in store.episodes(game=game.name):
            for name, holds in _judged(registry, episode.game_instance["target"], reply_of(episode)):
                kept[name][episode.outcome.key.label].append(holds)
    shown = {label: "{}/{}".format for label in LABELS}
    return {
        name: {label: shown[label](sum(found[label]), len(found[label])) for label in LABELS}
        for name, found in sorted(kept.items())
    }


def _judged(registry: Any, target: Mapping[str, Any], reply: str) -> Iterator[tuple[str, bool]]:
    for name, arguments in target.items():
        checker = registry.INSTRUCTION_DICT[name](name)
        checker.build_description(**arguments)
        yield name, bool(reply.strip() and checker.check_following(reply))


def told(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures as lines for people."""
    for label in LABELS:
        if label in figures:
            one = figures[label]
            yield (
                f"{label:8} {one['prompts']:4} prompts  {one['played_pct']:5.1f}% played  "
                f"success {_range(one['success'])}  score {_range(one['score'])}  "
                f"{one['tokens_per_reply']:6.1f} tokens and {one['seconds_per_reply']:.2f} s a reply"
            )
    if "difference" in figures:
        one = figures["difference"]
        yield (
            f"Ludens less bare, on {one['prompts']} prompts: {_range(one)} points; "
            f"better on {one['better']}, worse on {one['worse']}"
        )
    for name, found in figures.get("instructions", {}).items():
        yield f"  {name:45} bare {found['bare']:>8}  ludens {found['ludens']:>8}"


def _range(figure: Mapping[str, float]) -> str:
    return f"{figure['mean']:6.2f} [{figure['low']:.2f}, {figure['high']:.2f}]"


def progress(event: ArenaEvent) -> None:
    """Tells on the error stream how an episode ended."""
    if isinstance(event, EpisodeEnded):
        key, outcome = event.outcome.key, event.outcome
        print(f"{key.label} {key.experiment} {key.game_id}: {outcome.status} {outcome.quality} {outcome.error}",
              file=sys.stderr, flush=True)  # fmt: skip


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clembench", type=Path, required=True, help="a checkout of clembench")
    parser.add_argument("--suite", choices=SUITES, required=True)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--instances", type=int, default=40, help="how many prompts to draw")
    parser.add_argument("--instances-file", type=Path, help="instances in clembench's layout, for suites without any")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--max-tokens", type=int, default=300, help="most tokens of a reply")
    parser.add_argument("--batch", type=int, default=1, help="prompts answered side by side")
    parser.add_argument("--threads", type=int, help="of the model's backend, where it takes any")
    parser.add_argument("--out", type=Path, help="where episodes are kept; results/static/SUITE by default")
    parser.add_argument("--label", choices=LABELS, action="append", help="play only this one; both by default")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def run(asked: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Plays what is missing; the figures, and how many episodes broke."""
    suites = asked.clembench / "static"
    if not suites.is_dir():
        raise UserError(f"{asked.clembench} holds no static suites; give the folder of a clembench checkout.")
    (game,) = find_games([suites]).select([asked.suite])
    rows = drawn(load_rows(game, asked.instances_file), asked.instances, asked.seed, asked.max_tokens)
    config = {"suite": asked.suite, "model": asked.model, "max_tokens": asked.max_tokens}
    errors = 0
    out = asked.out or Path("results") / "static" / asked.suite
    with EpisodeStore.open(out, config=config, seed=asked.seed) as store:
        models = players(asked.model, asked.max_tokens, asked.threads)
        for label in asked.label or LABELS:
            tally = play(game, rows, [models[label]], label=label, store=store, batch_size=asked.batch,
                         on_event=progress)  # fmt: skip
            errors += tally.errors
        figures = {**config, "seed": asked.seed, "errors": errors}
        figures |= compared(store.outcomes(), asked.suite == "eqbench", np.random.default_rng(asked.seed))
        instructions = by_instruction(game, store)
    return (figures | {"instructions": instructions} if instructions else figures), errors


def main() -> int:
    """Plays, counts, prints; 0, 1 when episodes broke, 2 when it cannot be done."""
    asked = arguments()
    try:
        figures, errors = run(asked)
    except (UserError, AgentUserError) as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(figures, indent=1) if asked.json else "\n".join(told(figures)))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
