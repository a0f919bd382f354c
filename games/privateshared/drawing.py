"""Drawing private facts from the domains of a split."""

import random
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from games.privateshared.rules import PrivateSharedInstance, Slot
from games.protocol.drafting import Draft
from games.protocol.forms import Move, SlotKind
from games.protocol.forms import Slot as FormSlot
from games.protocol.moves import MoveKind, SlotSpec
from games.splits import SPLITS, Split

_SIZES = {"three": 3, "four": 4, "five": 5}
_ANSWERS = (("yes", "no"), ("yes", "no"), ("Yes", "No"), ("true", "false"), ("known", "unknown"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A situation in which somebody asks.

    Attributes:
        name: what it is called.
        you: who the player is.
        partner: who asks.
        slots: name, what probes call it, questions, values.
    """

    name: str
    you: str
    partner: str
    slots: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...]


@lru_cache(maxsize=1)
def domains() -> dict[Split, tuple[Domain, ...]]:
    """The domains by split."""
    text = (resources.files("games.privateshared") / "domains.txt").read_text(encoding="utf-8")
    table: dict[Split, list[Domain]] = {split: [] for split in SPLITS}
    split: Split = "train"
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines[0].startswith("["):
            heading = lines.pop(0).strip("[]")
            split = next(known for known in SPLITS if known == heading)
        name, you, partner = lines[0].removeprefix("domain: ").split(" | ")
        slots = [tuple(line.split(" | ")) for line in lines[1:]]
        table[split].append(
            Domain(
                name=name,
                you=you,
                partner=partner,
                slots=tuple(
                    (slot, thing, tuple(questions.split("; ")), tuple(values.split(", ")))
                    for slot, thing, questions, values in slots
                ),
            )
        )
    return {split: tuple(found) for split, found in table.items()}


def _probes(rng: random.Random, count: int) -> tuple[tuple[int, ...], ...]:
    groups: list[tuple[int, ...]] = []
    for asked in range(count + 1):
        size = rng.choice((1, 2, count)) if 0 < asked < count else rng.choice((1, 2))
        groups.append(tuple(rng.sample(range(count), size)))
    return tuple(groups)


def _facts(rng: random.Random, slots: list[Slot]) -> str:
    shown = list(slots)
    rng.shuffle(shown)
    style = rng.choice(("lines", "bullets", "commas", "json"))
    if style == "commas":
        return "; ".join(f"{slot.thing} is {slot.value}" for slot in shown)
    if style == "json":
        return "{" + ", ".join(f'"{slot.name}": "{slot.value}"' for slot in shown) + "}"
    mark = "- " if style == "bullets" else ""
    return "\n".join(f"{mark}{slot.name}: {slot.value}" for slot in shown)


def _moves(domain: Domain, answers: tuple[str, str]) -> list[MoveKind]:
    answer = MoveKind(
        name="answer",
        verbs=("answer", "reply", "to partner"),
        purpose=f"to answer the {domain.partner}",
        slots=(SlotSpec(name="answer", labels=("answer", "reply"), slot=FormSlot(meaning="one short sentence")),),
    )
    aside = MoveKind(
        name="aside",
        verbs=("aside", "to you", "note"),
        purpose="to answer me",
        slots=(
            SlotSpec(
                name="aside",
                labels=("aside", "note"),
                slot=FormSlot(
                    kind=SlotKind.CHOICE, choices=answers, meaning=f'either "{answers[0]}" or "{answers[1]}"'
                ),
            ),
        ),
    )
    return [answer, aside]


def _example(draft: Draft, says: dict[str, str], yes: str) -> str:
    return draft.example(
        [
            ("game", says["question"].format(question="And your name?")),
            ("you", Move(name="answer", fields={"answer": "My name is Ludwig."})),
            ("game", says["probe"].format(thing="your name")),
            ("you", Move(name="aside", fields={"aside": yes})),
        ],
        share=0.5,
    )


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws one instance."""
    domain = rng.choice(domains()[split])
    chosen = rng.sample(domain.slots, _SIZES[level])
    slots = [
        Slot(name=name, thing=thing, value=rng.choice(values), question=rng.choice(questions))
        for name, thing, questions, values in chosen
    ]
    answers = rng.choice(_ANSWERS)
    draft = Draft(rng, "games.privateshared", {"answerer": _moves(domain, answers)}, split=split)
    me = rng.choice(("ME", "Me", "GAME", "[game master]", "Host"))
    tag = domain.partner.upper() if rng.random() < 0.6 else f"The {domain.partner}"
    says = {
        "question": draft.says["question"].replace("{tag}", tag),
        "probe": draft.says["probe"].replace("{me}", me).replace("{partner}", domain.partner),
    }
    values = {
        "you": domain.you,
        "partner": domain.partner,
        "facts": _facts(rng, slots),
        "me": me,
        "tag": tag,
        "yes": answers[0],
        "no": answers[1],
    }
    draft.prompt("answerer", **values, example=_example(draft, says, answers[0]))
    draft.drawn["domain"] = domain.name
    protocol = draft.finish(says=says, words={"yes": answers[0], "no": answers[1]})
    instance = PrivateSharedInstance(
        game_id=index, protocol=protocol, slots=tuple(slots), probes=_probes(rng, len(slots))
    )
    return instance.model_dump(mode="json")
