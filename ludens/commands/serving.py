"""Putting Ludens where others call it: serve, harness."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ludens.commands.options import ModelOption, ProfileOption, SeedOption, WithoutOption, names

app = typer.Typer()
harness = typer.Typer(help="Put Ludens into other people's harnesses.", no_args_is_help=True)


@app.command(epilog="Example: `ludens serve --port 8000`, then `curl localhost:8000/v1/models`")
def serve(
    model: ModelOption = "embedded",
    without: WithoutOption = "",
    profile: ProfileOption = "default",
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of a reply that asks for no limit.")] = 300,
    seed: SeedOption = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; any free one for 0.")] = 8000,
) -> None:
    """Answer OpenAI's chat completions: the models `ludens` and `ludens-bare`. Ctrl+C ends it."""
    from agent.config import AgentConfig
    from ludens.listening import listen
    from ludens.play import loaded_model
    from ludens.serve.server import app as serving
    from ludens.serve.server import desk

    config = AgentConfig(max_reply_tokens=max_tokens, seed=seed).profiled(profile).without(*names(without))
    with loaded_model(model) as weights, desk(weights, config) as served:
        listen(serving(served, config), host=host, port=port, ready=say_address)


def say_address(address: str) -> None:
    """Prints where something is served."""
    typer.echo(address)
    sys.stdout.flush()  # whoever reads it through a pipe waits for it


@harness.command(
    "init", epilog="Example: `ludens harness init ~/clembench && cd ~/clembench && clem run -g taboo -m ludens`"
)
def harness_init(
    directory: Annotated[Path, typer.Argument(help="The workspace, such as a clembench checkout.")],
    model: ModelOption = "embedded",
) -> None:
    """Make `clem run -m ludens`, `-m ludens-strict` and `-m ludens-bare` work in a directory."""
    from agent.adapters.workspace import init

    for path in init(directory, model):
        typer.echo(f"wrote {path}")
