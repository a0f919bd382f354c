"""Under which terms everything stands that lies in a bundle or is installed beside it.

What lies inside needs the text of its licence; of packages the name is listed, as their makers state it.
"""

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from agent.errors import UserError
from submissions import code_tree
from submissions.config import SubmissionConfig
from submissions.draft import Draft
from submissions.manifest import Licence
from submissions.weights import Settled

FOLDER = "licences"
_TEXTS = ("LICENSE", "LICENCE", "COPYING")
_LONGEST = 80


def write_licences(
    draft: Draft, config: SubmissionConfig, settled: Settled, packages: Iterable[str]
) -> tuple[Licence, ...]:
    """Writes the texts and lists the terms.

    Args:
        draft: the bundle in the making.
        config: the submission.
        settled: its weights.
        packages: lines of the lock files.

    Raises:
        UserError: the text of a licence is missing for something that lies inside.
    """
    code = f"{FOLDER}/ludens.txt"
    draft.write(code, code_tree.licence(), "licence")
    found = [Licence(thing="Ludens", licence="Apache-2.0", file=code, inside=True)]
    found.append(_weights(draft, config, settled))
    if settled.model.adapter is not None and config.training is not None:
        apache = code if config.training.licence == "Apache-2.0" else found[-1].file
        if config.training.licence not in ("Apache-2.0", config.model.licence) or apache is None:
            raise UserError(
                f"There is no text for the adapter's licence {config.training.licence}: use Apache-2.0 or the base "
                "model's, with model.licence_file."
            )
        found.append(Licence(thing=f"adapter {config.name}", licence=config.training.licence, file=apache, inside=True))
    for line in packages:
        name, _, version = line.partition("==")
        found.append(Licence(thing=f"{name} {version}", licence=licence_of(name), inside=False))
    return tuple(found)


def licence_of(package: str) -> str:
    """The licence that an installed package states: an expression, a classifier, or its own words."""
    about = metadata.metadata(package)
    stated = " ".join(about.get_all("License-Expression") or []).strip()
    if stated:
        return stated
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    classified = [name for name in classified if name != "OSI Approved"]
    if classified:
        return ", ".join(sorted(set(classified)))
    words = " ".join(" ".join(about.get_all("License") or []).split())
    return words[:_LONGEST] or "not stated"


def _weights(draft: Draft, config: SubmissionConfig, settled: Settled) -> Licence:
    """The licence of the base weights, with its text where it can be had."""
    part, inside = config.model, settled.package is None and settled.model.source.kind == "bundle"
    path = f"{FOLDER}/base-model.txt"
    text = part.licence_file
    if text is None and settled.package is not None:
        text = _text_of(settled.package)
    if text is None and part.licence == "Apache-2.0":
        draft.write(path, code_tree.licence(), "licence")
        return Licence(thing=part.name, licence=part.licence, file=path, inside=inside)
    if text is None:
        if inside:
            raise UserError("The weights lie in the bundle, so the text of their licence must: set model.licence_file.")
        return Licence(thing=part.name, licence=part.licence, inside=False)
    draft.copy(text, path, "licence")
    return Licence(thing=part.name, licence=part.licence, file=path, inside=inside)


def _text_of(package: str) -> Path | None:
    """The licence that an installed package brings along."""
    for file in metadata.distribution(package).files or []:
        if file.name.upper().partition(".")[0] in _TEXTS:
            return Path(str(file.locate()))
    return None
