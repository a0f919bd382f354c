"""Submissions from the command line: where the trainer's ledger, measurements and the builder meet."""

from collections.abc import Callable
from pathlib import Path

from agent.errors import UserError
from ludens.verify import read_ledger
from submissions.build import Evidence, build
from submissions.config import SubmissionConfig, load_config
from submissions.manifest import Manifest
from submissions.measurement import Measurement


def make(path: Path, target: Path, tell: Callable[[str], None] = lambda text: None) -> Manifest:
    """Builds what a YAML file describes.

    Raises:
        UserError: something about it is unusable; nothing was written.
    """
    config = load_config(path)
    evidence = Evidence(read_ledger=read_ledger, measurements=measured(config), ablation=_ablation(config))
    return build(config, target, evidence, tell)


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
