"""Writes docs/policies.md: one short real episode for every way of playing, from runs of the practice games.

    ludens play -n 2 --seed 4242 --out runs/traces
    python examples/policy_traces.py runs/traces [MORE_RUNS …] --out docs/policies.md

For every policy the shortest well-played episode in which it proposed something is shown: what was heard, what was
read and remembered, what the policy proposed and held possible, and what was said.
"""

import argparse
import importlib
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from games.arena import EpisodeStore, Status
from ludens.viewer.record import Step, View, view
from planner.policies import policies

MOST_STEPS = 4
HEARD, SAID = 700, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The steps of one episode in which one policy spoke.

    Attributes:
        episode: the whole episode.
        steps: those steps, in order.
    """

    episode: View
    steps: tuple[Step, ...]

    @property
    def rank(self) -> tuple[float, int]:
        """Well played first, then short."""
        heard = sum(len(text) for step in self.steps[:MOST_STEPS] for text in step.heard)
        return -(self.episode.summary.quality or 0.0), heard + 400 * len(self.steps)


def main() -> None:
    """Reads runs, writes the page."""
    parser = argparse.ArgumentParser(description="Write a page with a worked trace of every policy.")
    parser.add_argument("runs", nargs="+", type=Path, help="run folders of `ludens play`")
    parser.add_argument("--out", type=Path, default=Path("docs/policies.md"))
    arguments = parser.parse_args()
    found: dict[str, list[Shown]] = {}
    for folder in arguments.runs:
        for name, shown in _episodes(folder):
            found.setdefault(name, []).append(shown)
    arguments.out.write_text(page(found), encoding="utf-8")


def _episodes(folder: Path) -> Iterator[tuple[str, Shown]]:
    with EpisodeStore.join(folder) as store:
        for episode in store.episodes(label="ludens"):
            if episode.outcome.status is not Status.PLAYED:
                continue
            seen = view(episode)
            for name in dict.fromkeys(filter(None, map(_policy, seen.steps))):
                yield name, Shown(episode=seen, steps=tuple(step for step in seen.steps if _policy(step) == name))


def page(found: dict[str, list[Shown]]) -> str:
    """The whole page, policies in the order in which they are asked."""
    parts = [_HEAD]
    for policy in policies():
        module = importlib.import_module(type(policy).__module__)
        about = " ".join((module.__doc__ or "").split("\n\n")[0].split())
        more = " ".join(" ".join((module.__doc__ or "").split("\n\n")[1:]).split())
        parts.append(f"## {policy.name}\n\n{about} {more}\n")
        best = chosen(found.get(policy.name, ()))
        parts.append(_told(best) if best is not None else "*No episode of the runs used it.*\n")
    return "\n".join(parts)


_HEAD = """# Ways of playing, with a trace of each

Written by `examples/policy_traces.py` from practice games that Ludens played with the embedded model. Of each episode
the steps are shown in which the policy spoke, at most four, long messages cut. `beliefs` is what the policy still held
possible, with shares of likelihood; `proposed` are its options, best first.
"""


def _told(shown: Shown) -> str:
    summary = shown.episode.summary
    lines = [f"*{summary.game}, level {summary.experiment}, quality {summary.quality:.0f}*\n"]
    for number, step in enumerate(shown.steps[:MOST_STEPS], 1):
        lines += [f"**Step {number}, {step.role}**\n", "```text", *_told_step(step), "```\n"]
    left = len(shown.steps) - MOST_STEPS
    return "\n".join([*lines, *([f"(and {left} more steps)\n"] if left > 0 else [])])


def _told_step(step: Step) -> list[str]:
    lines = [_entry("heard", _cut("\n".join(step.heard), HEARD))] if step.heard else []
    for event in step.events:
        lines += _told_event(event)
    return [*lines, _entry("said", _cut(step.reply, SAID))]


def _told_event(event: dict[str, Any]) -> list[str]:
    if event["kind"] == "rules_read":
        rules = [_cut(str(rule), 100) for rule in event["rules"][:4]]
        return [
            _entry("forms", "\n".join(_cut(str(form), 160) for form in event["forms"][:4])),
            *([_entry("rules", "\n".join(rules))] if rules else []),
        ]
    if event["kind"] == "remembered":
        return [_entry("memory", _cut(str(event["digest"]), 300))] if event["digest"] else []
    if event["kind"] == "proposed":
        beliefs = ", ".join(f"{name} {share:.2f}" for name, share in (event.get("beliefs") or ())[:8])
        proposed = "\n".join(_cut(str(option), 200) for option in event["options"][:3])
        return [
            *([_entry("beliefs", beliefs)] if beliefs else []),
            _entry("proposed", proposed),
            *([_entry("reason", event["reason"])] if event["reason"] else []),
        ]
    return []


def _entry(label: str, text: str) -> str:
    lines = [part for line in text.split("\n") for part in (textwrap.wrap(line, 104) or [""])]
    return "\n".join(f"{label if not number else '':9} {line}".rstrip() for number, line in enumerate(lines))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2].rstrip()} […] {text[-most // 2 :].lstrip()}"


def _policy(step: Step) -> str:
    return next((str(event["policy"]) for event in step.events if event["kind"] == "proposed"), "")


def chosen(shown: Sequence[Shown]) -> Shown | None:
    """The episode that is shown of several."""
    return min(shown, key=lambda one: one.rank, default=None)


if __name__ == "__main__":
    main()
