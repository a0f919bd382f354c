"""Drawing grids and how they are spoken of."""

import random
from collections.abc import Callable

from games.errors import UserError
from games.grids.grid import (
    Grid,
    cells_of,
    change_cells,
    draw_blocks,
    draw_lines,
    draw_scattered,
    empty,
    freeze,
    show,
)
from games.grids.image import ImageInstance
from games.grids.match import MatchInstance
from games.grids.reference import ReferenceInstance
from games.protocol.drafting import Draft
from games.protocol.forms import Move, Slot, SlotKind
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.template import fill
from games.splits import Split, split_of

_EMPTIES = ("▢", ".", "_", "-", "o", "□", "0")
_FILLS = ("X", "#", "*", "@", "1", "■")
_GAPS = (" ", " ", "")
_LETTERS = "ABCDEFGHIJKLMNPQRSTUVWYZ"
_LABELS = (
    ("first", "second", "third"),
    ("1", "2", "3"),
    ("A", "B", "C"),
    ("left", "middle", "right"),
    ("one", "two", "three"),
)
_VERDICTS = (("same", "different"), ("same grid", "different grid"), ("identical", "not identical"), ("yes", "no"))
_EXAMPLE: Grid = ("X..", "X..", "XXX")
"""A corner; it appears in examples only."""


def _words(rng: random.Random, *, fill_symbol: bool) -> dict[str, str]:
    empty_symbol = rng.choice(_EMPTIES)
    fits = [symbol for symbol in _FILLS if {symbol, empty_symbol} not in ({"1", "0"}, {"■", "□"}) or rng.random() < 0.5]
    return {"empty": empty_symbol, "fill": rng.choice(fits) if fill_symbol else "X", "gap": rng.choice(_GAPS)}


def _draw(rng: random.Random, split: Split, make: Callable[[], Grid]) -> Grid:
    """Draws until the grid is filled, not full, and of the split."""
    for _ in range(5000):
        rows = make()
        filled = len(cells_of(rows))
        if 2 <= filled < len(rows) * len(rows[0]) and split_of("/".join(rows)) == split and rows != _EXAMPLE:
            return rows
    raise UserError(f"No grid was found for the split '{split}'.")


def _line(name: str, labels: tuple[str, ...], meaning: str) -> SlotSpec:
    return SlotSpec(name=name, labels=labels, slot=Slot(meaning=meaning))


def draw_image_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws an image game."""
    size = {"tiny": 3, "big": 7}.get(level, 5)
    symbols = "".join(rng.sample(_LETTERS, rng.choice((1, 2, 3))))
    painters: dict[str, Callable[[], Grid]] = {
        "tiny": lambda: draw_scattered(rng, size, symbols, rng.randint(2, 4)),
        "lines": lambda: draw_lines(rng, size, symbols, rng.randint(2, 4)),
        "blocks": lambda: draw_blocks(rng, size, symbols, rng.randint(1, 3)),
        "scattered": lambda: draw_scattered(rng, size, symbols, rng.randint(5, 10)),
        "big": lambda: draw_lines(rng, size, symbols, rng.randint(3, 5)),
    }
    target = _draw(rng, split, painters[level])
    words = _words(rng, fill_symbol=False)
    command = MoveKind(
        name="command",
        verbs=("command", "instruction", "step"),
        purpose="to give an instruction",
        slots=(_line("command", ("command", "instruction", "step"), "your instruction, on one line"),),
    )
    done = MoveKind(name="done", verbs=("done", "finished", "stop", "end"), purpose="to say that the grid is complete")
    sheet = SlotSpec(
        name="grid",
        labels=("grid", "sheet", "result"),
        slot=Slot(kind=SlotKind.GRID, lines=size, meaning=f"the whole grid, {size} lines of {size} cells"),
    )
    grid = MoveKind(name="grid", verbs=("grid",), purpose="to return the grid", slots=(sheet,))
    draft = Draft(rng, "games.grids", {"giver": [command, done], "follower": [grid]}, split=split)
    blank = show(freeze(empty(size, size)), words)
    values = {"size": size, "empty": words["empty"], "turns": 25, "blank": blank, "target": show(target, words)}
    _image_prompts(draft, words, size, values)
    instance = ImageInstance(game_id=index, protocol=draft.finish(words=words), target=target, max_turns=25)
    return instance.model_dump(mode="json")


def _image_prompts(draft: Draft, words: dict[str, str], size: int, values: dict[str, object]) -> None:
    sample = "put a Q into the last cell of the first row"
    rows = empty(size, size)
    rows[0][-1] = "Q"
    drawn = show(freeze(rows), words)
    draft.prompt(
        "giver",
        **values,
        example=draft.example(
            [
                ("game", f"(suppose the grid is)\n{drawn}"),
                ("you", Move(name="command", fields={"command": sample})),
                ("game", fill(draft.says["next"])),
                ("you", Move(name="done")),
            ],
            share=0.5,
        ),
    )
    draft.prompt(
        "follower",
        **values,
        example=draft.example(
            [
                ("game", fill(draft.says["command"], command=sample)),
                ("you", Move(name="grid", fields={"grid": drawn})),
            ],
            share=0.7,
        ),
    )


def _painter(rng: random.Random, level: str, size: int) -> Callable[[], Grid]:
    if level == "lines":
        return lambda: draw_lines(rng, size, "X", rng.randint(1, 3))
    if level == "blocks":
        return lambda: draw_blocks(rng, size, "X", rng.randint(1, 2))
    return lambda: draw_scattered(rng, size, "X", rng.randint(4, 12))


def draw_reference_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws a reference game."""
    size = rng.choice((4, 5, 5, 5, 6))
    kind = rng.choice(("lines", "blocks")) if level == "similar" else level
    grids = [_draw(rng, split, _painter(rng, kind, size))]
    while len(grids) < 3:
        make = _painter(rng, kind, size)
        if level == "similar":
            make = _changed(rng, grids[0], 1, 3)
        other = _draw(rng, split, make)
        if other not in grids:
            grids.append(other)
    order = [0, 1, 2]
    rng.shuffle(order)
    labels, words = rng.choice(_LABELS), _words(rng, fill_symbol=True)
    draft = Draft(rng, "games.grids", {"speaker": [_expression()], "listener": [_choice(labels)]}, split=split)
    texts = [show(rows, words) for rows in grids]
    shown = [texts[place] for place in order]
    block = "\n\n".join(f"{label}:\n{text}" for label, text in zip(labels, shown, strict=True))
    values = {"size": size, "empty": words["empty"], "fill": words["fill"]}
    draft.prompt("speaker", **values, target=texts[0], other=texts[1], third=texts[2], example="")
    draft.prompt("listener", **values, grids=block, labels=f"{labels[0]}, {labels[1]} or {labels[2]}", example="")
    names = {f"label{place}": label for place, label in enumerate(labels)}
    ordered = (grids[order[0]], grids[order[1]], grids[order[2]])
    instance = ReferenceInstance(
        game_id=index, protocol=draft.finish(words=words | names), grids=ordered, target=order.index(0)
    )
    return instance.model_dump(mode="json")


def _changed(rng: random.Random, rows: Grid, low: int, high: int) -> Callable[[], Grid]:
    return lambda: change_cells(rng, rows, rng.randint(low, high))


def _expression() -> MoveKind:
    slot = _line("expression", ("expression", "description", "hint"), "your description, on one line")
    return MoveKind(name="expression", verbs=("expression",), purpose="to describe", slots=(slot,))


def _choice(labels: tuple[str, str, str]) -> MoveKind:
    slot = Slot(kind=SlotKind.CHOICE, choices=labels, meaning=f"one of {labels[0]}, {labels[1]} or {labels[2]}")
    return MoveKind(
        name="choice",
        verbs=("choice",),
        purpose="to choose",
        slots=(SlotSpec(name="choice", labels=("answer", "choice", "grid", "selection"), slot=slot),),
    )


def draw_match_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws a matching game."""
    size = rng.choice((4, 5, 5))
    kind = rng.choice(("lines", "blocks", "scattered"))
    one = _draw(rng, split, _painter(rng, kind, size))
    other = one
    while level != "same" and other == one:
        make = _changed(rng, one, 1, 2) if level == "similar" else _painter(rng, kind, size)
        other = _draw(rng, split, make)
    verdict = rng.choice(_VERDICTS)
    questions = rng.choice((2, 3))
    moves = _talk(verdict)
    names = ["describe", "ask", "answer", "decide"]
    draft = Draft(rng, "games.grids", {"talk": moves}, split=split)
    words = _words(rng, fill_symbol=True) | {"same": verdict[0], "different": verdict[1]}
    values = {
        "size": size,
        "empty": words["empty"],
        "fill": words["fill"],
        "questions": questions,
        "same": verdict[0],
        "different": verdict[1],
    }
    for role, rows in (("first", one), ("second", other)):
        name, template = draft.voices.draw_prompt(rng, "match", unseen=draft.unseen)
        draft.drawn[f"{role}.voice"] = name
        draft.prompts[role] = fill(
            template, form=draft.form_text("talk"), strict=draft.strict_text(), grid=show(rows, words), **values
        )
    assert set(names) == set(draft.forms)
    instance = MatchInstance(game_id=index, protocol=draft.finish(words=words), grids=(one, other), questions=questions)
    return instance.model_dump(mode="json")


def _talk(verdict: tuple[str, str]) -> list[MoveKind]:
    decision = Slot(
        kind=SlotKind.CHOICE, choices=verdict, meaning=f'"{verdict[0]}" if the grids are the same, else "{verdict[1]}"'
    )
    return [
        MoveKind(
            name="describe",
            verbs=("description", "my grid", "grid"),
            purpose="to describe your grid",
            slots=(_line("description", ("description",), "a description of your grid, on one line"),),
        ),
        MoveKind(
            name="ask",
            verbs=("question", "ask", "query"),
            purpose="to ask a question",
            slots=(_line("question", ("question",), "one question, on one line"),),
        ),
        MoveKind(
            name="answer",
            verbs=("answer", "reply"),
            purpose="to answer a question",
            slots=(_line("answer", ("answer",), "your answer, on one line"),),
        ),
        MoveKind(
            name="decide",
            verbs=("decision", "verdict"),
            purpose="to decide at the end",
            slots=(SlotSpec(name="decision", labels=("decision",), slot=decision),),
        ),
    ]
