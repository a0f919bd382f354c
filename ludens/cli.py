"""The command line: the commands of `ludens.commands` under one name.

Faults of the user end with one sentence on standard error and exit code 2; faults of ours crash loudly.
"""

import sys

import typer

import agent.errors
import games.errors
from ludens.commands import asking, gathering, looking, measuring, playing, practising, serving, submitting, training

app = typer.Typer(
    help="Ludens plays dialogue games: a small language model with a memory, a plan and manners.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for subject in (playing, measuring, asking, looking, serving):
    app.registered_commands += subject.app.registered_commands
app.add_typer(serving.harness, name="harness")
app.add_typer(practising.school, name="games")
app.add_typer(training.training, name="train")
submitting.register(app)

app.command("export", epilog="Example: `ludens export runs/sft tuned.gguf --encoding q8_0`")(training.export)
gathering.register(app)


def main() -> None:
    """Runs the command line; a user's fault becomes one sentence and exit code 2."""
    try:
        app()
    except (agent.errors.UserError, games.errors.UserError) as error:
        sys.stderr.write(f"ludens: {error}\n")
        sys.exit(2)
