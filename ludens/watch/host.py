"""Laying a table for a practice game and serving its page until the reader has enough."""

import contextlib
from collections.abc import Callable, Iterator

from clemcore.backends import Model

from agent.config import AgentConfig
from games.errors import UserError
from ludens.listening import listen
from ludens.play import Request, clem_model, loaded_model, plan
from ludens.watch.seat import Seat
from ludens.watch.table import Table

SEATS = "AB"


@contextlib.contextmanager
def table(request: Request, *, seat: str = "", delay_s: float = 0.0) -> Iterator[Table]:
    """A table with the first instance of the request's only game, played by its first label.

    Args:
        request: what to play, as `ludens play` takes it.
        seat: "A" or "B" for a person in place of that player; "" for none.
        delay_s: pause after every turn.

    Raises:
        UserError: an unknown game or seat, or an unusable model.
    """
    ((game, rows),) = plan(request)
    if seat and (seat not in SEATS or SEATS.index(seat) >= game.players):
        seats = " or ".join(SEATS[: game.players])
        raise UserError(f"there is no seat {seat} in {game.name}; take {seats}, or leave --seat out to look on.")
    with loaded_model(request.model) as model:
        player = clem_model(model, request.labels[0], request)

        def models(person: Seat) -> list[Model]:
            return [person if SEATS[place] == seat else player for place in range(game.players)]

        label = f"{request.labels[0]}, person at {seat}" if seat else request.labels[0]
        place = SEATS.index(seat) if seat else None
        laid = Table(game, rows[0], models, label=label, seat=place, delay_s=delay_s)
        laid.start()
        try:
            yield laid
        finally:
            laid.close()


def watch_request(game: str, *, model: str, bare: bool, seed: int, config: AgentConfig) -> Request:
    """One instance of one game."""
    return Request(
        games=(game,),
        model=model,
        instances=1,
        labels=("bare",) if bare else ("ludens",),
        agent=config.model_copy(update={"seed": seed}),
    )


def serve(laid: Table, *, name: str, port: int, ready: Callable[[str], None]) -> None:
    """Serves the page of a table on this machine until it is interrupted.

    Args:
        laid: the table.
        name: the page's title.
        port: where; 0 for any free port.
        ready: told the page's address.

    Raises:
        UserError: the port is taken, or the server's packages are not installed.
    """
    try:
        from ludens.watch.server import app
    except ImportError as error:
        raise UserError("watching needs FastAPI, which is not installed; pip install 'ludens[web]'.") from error
    listen(app(laid, name=name), port=port, ready=ready)
