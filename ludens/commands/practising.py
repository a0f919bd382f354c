"""The practice games: games list, show, sample."""

from typing import Annotated

import typer

from ludens.commands.options import SeedOption, load_quietly

school = typer.Typer(help="Look at the practice games.", no_args_is_help=True)


@school.command("list", epilog="Example: `ludens games list`")
def games_list() -> None:
    """All practice games, a line each."""
    from games.sample import listing

    for name, description in listing():
        typer.echo(f"{name:<15} {description}")


@school.command("show", epilog="Example: `ludens games show taboo`")
def games_show(
    game: Annotated[str, typer.Argument(help="A practice game.")],
    seed: SeedOption = 0,
) -> None:
    """The rules of a game, its levels, and a sample prompt."""
    load_quietly()
    from games.sample import show

    typer.echo(show(game, seed=seed).as_text())


@school.command("sample", epilog="Example: `ludens games sample wordle --seed 3`")
def games_sample(
    game: Annotated[str, typer.Argument(help="A practice game.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "train",
    level: Annotated[str | None, typer.Option(help="A level of the game; any when left out.")] = None,
    seed: SeedOption = 0,
) -> None:
    """An episode as an expert plays it."""
    load_quietly()
    from games.sample import sample

    typer.echo(sample(game, split=split, level=level, seed=seed).as_text())
