"""What it changes that the language model helps to read prompts: an ablation on recorded replies that were legal.

    python benchmarks/assisted_reading.py [--json] [--model M] [--instances N] [--seed S] [--blind N]

Replies of experts in practice games (train split, instances drawn by the seed) and, where `../shared/data` is present,
of recorded players count as admitted, refused or free (nothing was read that binds), with and without the model's help.
Static prompts are counted by how many change from free to bound. `--blind` withholds what the deterministic reader
finds from N expert episodes, to show what the model alone would make of prompts that nobody can read: as it stands,
and believed whether or not it passes its trial.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent.assisted_reading import AssistedReader, needs_help
from agent.fold import Fold, Read, normalise
from agent.legality import said_before
from agent.models.locate import load
from agent.reading_cache import ReadingCache
from agent.transcript import Message
from constraints.moment import Moment
from constraints.reader import read
from constraints.replay import tidy
from constraints.rulebook import Rulebook
from constraints.turn import constrain
from games import school
from games.branching import Episode

SHARED = Path(__file__).parents[2] / "shared" / "data"
_MANY = 1_000_000
Figures = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One player's side of an episode.

    Attributes:
        source: where it is from.
        messages: what was seen and said.
    """

    source: str
    messages: tuple[Message, ...]

    @property
    def prompt(self) -> str:
        """The game's first message, as the agent sees it."""
        return normalise(self.messages[: _first_reply(self.messages)])[0].content


def main() -> None:
    """Reads, counts, prints."""
    parser = argparse.ArgumentParser(description="Measure what the language model's help in reading changes.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--model", default="embedded", help="the language model, as for ludens")
    parser.add_argument("--instances", type=int, default=8, help="instances of each practice game")
    parser.add_argument("--seed", type=int, default=20_261, help="seed of the instances")
    parser.add_argument("--blind", type=int, default=0, help="expert episodes whose forms are withheld")
    arguments = parser.parse_args()
    helper = AssistedReader(model=load(arguments.model), cache=ReadingCache(model=arguments.model))
    experts = list(expert_chats(arguments.instances, arguments.seed))
    figures: Figures = {"experts": compare(experts, read, helper)}
    recorded = list(recorded_chats())
    if recorded:
        figures["transcripts"] = compare(recorded, read, helper)
    static = list(static_prompts())
    if static:
        figures["static"] = compare_prompts(static, helper)
    if arguments.blind:
        step = max(1, len(experts) // arguments.blind)
        withheld = experts[::step][: arguments.blind]
        for name, trials in (("blind", helper.trials), ("blind_and_believed", ())):
            blind = AssistedReader(model=helper.model, cache=helper.cache, base=read_no_form, trials=trials)
            figures[name] = compare(withheld, read_no_form, blind)
    figures["trial"] = {"prompts": len(helper.trials), "passed": passed(helper)}
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, counts in figures.items():
        table = Table(title=name)
        table.add_column("figure")
        table.add_column("count", justify="right")
        for key, value in counts.items():
            table.add_row(key.replace("_", " "), f"{value:,}")
        Console().print(table)


def expert_chats(instances: int, seed: int) -> Iterator[Chat]:
    """Both sides of expert episodes of all practice games."""
    for game in school.GAMES:
        for row in school.rows(game, split="train", count=instances, seed=seed):
            sides: dict[str, list[Message]] = {}
            for turn in Episode(row=row).play_on().turns:
                sides.setdefault(turn.role, []).extend(
                    (Message(role="user", content=turn.heard), Message(role="assistant", content=turn.reply))
                )
            for messages in sides.values():
                yield Chat(source=game, messages=tuple(messages))


def recorded_chats() -> Iterator[Chat]:
    """Recorded players' sides of episodes that were not aborted; none without the shared data."""
    path = SHARED / "transcripts.jsonl"
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        record = json.loads(line)
        messages = tuple(Message(role=entry["role"], content=entry["content"]) for entry in record["messages"])
        if record["outcome"] != "aborted" and any(message.role == "assistant" for message in messages):
            yield Chat(source=record["game"], messages=messages)


def static_prompts() -> Iterator[str]:
    """Prompts of the static suites; none without the shared data."""
    for path in sorted((SHARED / "playpen_validation" / "static").glob("*.json")):
        for experiment in json.loads(path.read_text())["experiments"]:
            yield from (instance["input"] for instance in experiment["game_instances"])


def read_no_form(rulebook: Rulebook, text: str, *, own: bool, message: int) -> Rulebook:
    """The deterministic reader with the forms of the first message withheld."""
    found = read(rulebook, text, own=own, message=message)
    return replace(found, forms=(), standing=(), called=()) if not rulebook.forms else found


def compare(chats: Sequence[Chat], plain: Read, helper: AssistedReader) -> dict[str, int]:
    """Replies admitted, refused and free, without and with help; helped prompts are those that differ."""
    without: Counter[str] = Counter()
    with_help: Counter[str] = Counter()
    asked = changed = 0
    for chat in chats:
        alone = replies(chat, plain)
        without.update(alone)
        if not needs_help(plain(Rulebook(), chat.prompt, own=False, message=0), chat.prompt):
            with_help.update(alone)
            continue
        helped = replies(chat, helper)
        with_help.update(helped)
        asked += 1
        changed += helped != alone
    counts = {"episodes": len(chats), "episodes_asked": asked, "episodes_changed": changed, "replies": without.total()}
    for kind in ("admitted", "refused", "free"):
        counts |= {f"{kind}_without": without[kind], f"{kind}_with": with_help[kind]}
    return counts


def replies(chat: Chat, reader: Read) -> Counter[str]:
    """How many replies of a chat what was read before them admits, refuses or leaves free."""
    fold = Fold(read_rules=reader)
    found: Counter[str] = Counter()
    for index, message in enumerate(chat.messages):
        if message.role != "assistant" or index == 0:
            continue
        session = fold.session(normalise(chat.messages[:index]))
        turn = constrain(
            session.rulebook, moment=Moment(said=tuple(said_before(session.memory)), text_tokens=_MANY), tolerant=True
        )
        bound = bool(session.rulebook.forms)
        found["free" if not bound else "refused" if turn.check(tidy(message.content)) else "admitted"] += 1
    return found


def compare_prompts(prompts: Iterable[str], helper: AssistedReader) -> dict[str, int]:
    """How many prompts are free without and with help, and for how many the model is asked."""
    counts: Counter[str] = Counter()
    for prompt in prompts:
        alone = read(Rulebook(), prompt, own=False, message=0)
        helped = helper(Rulebook(), prompt, own=False, message=0)
        free, still = (not (book.forms or book.rules) for book in (alone, helped))
        counts["prompts"] += 1
        counts["asked"] += needs_help(alone, prompt)
        counts["free_without"] += free
        counts["free_with"] += still
        counts["from_free_to_bound"] += free and not still
        counts["forms_added"] += len(helped.forms) > len(alone.forms)
    return dict(counts)


def passed(helper: AssistedReader) -> int:
    """How many of the trial prompts the model reads well; it is believed when it reads all."""
    return sum(trial.passed(helper.reading(trial.prompt)) for trial in helper.trials)


def _first_reply(messages: Sequence[Message]) -> int:
    return next(index for index, message in enumerate(messages) if message.role == "assistant")


if __name__ == "__main__":
    main()
