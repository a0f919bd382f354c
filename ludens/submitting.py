"""Submissions from the command line: where the trainer's ledger, measurements and the builder meet."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import UserError
from agent.models.lora_gguf import write_lora_gguf
from ludens.verify import read_ledger
from submissions.build import Evidence, build
from submissions.config import Figures, SubmissionConfig, load_config
from submissions.manifest import Manifest
from submissions.measurement import Measurement, as_csv, as_pull_request, row
from submissions.weights import settle
from trainer.checkpoints import weights_fingerprint

if TYPE_CHECKING:
    from ludens.evaluation.measure import Watch
    from ludens.evaluation.measured_record import MeasuredRecord, SuiteName


def make(path: Path, target: Path, tell: Callable[[str], None] = lambda text: None) -> Manifest:
    """Builds what a YAML file describes.

    Raises:
        UserError: something about it is unusable; nothing was written.
    """
    config = load_config(path)
    evidence = Evidence(
        read_ledger=read_ledger,
        fingerprint=weights_fingerprint,
        measurements=measured(config),
        ablation=_ablation(config),
    )
    return build(config, target, evidence, tell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What the row is filled from: games to play, or results that are there.

    Attributes:
        figures: which columns it fills.
        suites: which suites of the checkout are played.
        clembench: a checkout whose games and static suites are played, as `playpen eval` does.
        instance_files: a folder of instance files for that checkout; its own when None.
        results: a folder of `ludens eval`, `clem run` or `playpen eval`.
        games: games to keep; all when empty.
        instances: of each game; all of a file when None.
        out: where record and episodes are kept.
    """

    figures: Figures = "playpen"
    suites: "tuple[SuiteName, ...]" = ("games", "static")
    clembench: Path | None = None
    instance_files: Path | None = None
    results: Path | None = None
    games: tuple[str, ...] = ()
    instances: int | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The row.

    Attributes:
        cells: column to cell.
        csv: as the challenge's file has it, with its heading.
        markdown: as its pull requests have it.
    """

    cells: dict[str, str]
    csv: str
    markdown: str


def filled_row(path: Path, played: Played, watch: "Watch | None" = None) -> Row:
    """The leaderboard's row of a submission, with what is measured now and what its configuration names.

    Args:
        path: the submission's YAML.
        played: what to play, or what was played.
        watch: told how playing comes along.

    Raises:
        UserError: configuration, model, checkout or results are unusable.
    """
    config = load_config(path)
    found = list(measured(config))
    if played.clembench is not None or played.results is not None:
        now = _measured_now(config, played, watch)
        found = [each for each in found if each.figures != now.figures] + [now]
    cells = row(config, tuple(found))
    return Row(cells=cells, csv=as_csv(cells), markdown=as_pull_request(config, cells))


def _measured_now(config: SubmissionConfig, played: Played, watch: "Watch | None") -> Measurement:
    from ludens.evaluation.measured_record import FILE_NAME, read_record
    from ludens.evaluation.measured_results import measure_results
    from ludens.evaluation.reported import from_record

    if played.results is None:
        record = _measure(config, played, watch)
    elif played.results.is_file() or (played.results / FILE_NAME).is_file():
        record = read_record(played.results)
    else:
        record = measure_results(played.results)
    return from_record(record, title=played.figures, figures=played.figures, own=config.name)


def _measure(config: SubmissionConfig, played: Played, watch: "Watch | None") -> "MeasuredRecord":
    """Plays the checkout's games and static suites with the submission's own model and settings."""
    from ludens.evaluation.measure import Measurement as Wanted
    from ludens.evaluation.measure import measure
    from ludens.evaluation.suites import Source

    agent = config.agent.model_copy(
        update={"max_reply_tokens": config.play.max_tokens, "temperature": config.play.temperature}
    )
    source = Source(
        games=played.games,
        instances=played.instances,
        clembench=played.clembench,
        instance_files=played.instance_files,
    )
    with tempfile.TemporaryDirectory() as scratch:
        model = model_spec(config, Path(scratch))
        wanted = Wanted(
            suites=played.suites, source=source, model=model, seats=("ludens",), agent=agent, out=played.out
        )
        return measure(wanted, watch)


def model_spec(config: SubmissionConfig, scratch: Path) -> str:
    """A submission's model as after --model: the very weights that the bundle will play with.

    Args:
        config: the submission.
        scratch: a folder for an adapter in the form that llama.cpp needs.

    Raises:
        UserError: the weights are missing or unsafe.
    """
    settled = settle(config.model)
    spec = str(settled.base)
    if settled.adapter is not None:
        adapter = scratch / "adapter.gguf"
        write_lora_gguf(settled.adapter, settled.base, adapter)
        spec = f"{spec}+{adapter}"
    elif config.model.adapter is not None:
        spec = str(config.model.adapter)
    return f"thinking:{spec}" if config.model.thinking_tokens else spec


def measured(config: SubmissionConfig) -> tuple[Measurement, ...]:
    """The measurements that a configuration names.

    Raises:
        UserError: one cannot be read.
    """
    if not config.measurements:
        return ()
    from ludens.evaluation.reported import reported  # late: with it come numpy and the arena

    return tuple(reported(part.path, title=part.title, figures=part.figures) for part in config.measurements)


def _ablation(config: SubmissionConfig) -> str:
    if config.ablation is None:
        return ""
    try:
        return config.ablation.path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{config.ablation.path} cannot be read ({error}): name the table of `ludens ablate`."
        ) from error
