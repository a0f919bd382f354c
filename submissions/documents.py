"""The model card and the system report: what was built, from what, and how well it plays, out of records alone.

Nothing is claimed that no record says: what was not measured is named as not measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.config import MODULES
from submissions.checks_papers import LedgerFacts
from submissions.config import SubmissionConfig
from submissions.manifest import BUDGET_TOKENS, InBundle, InPackage, Model
from submissions.measurement import BARE, LUDENS, Line, Measurement, Suite

_PLAYERS = (BARE, LUDENS)
_VOUCHED = {
    True: "the very ones submitted, byte for byte",
    False: "not byte for byte those submitted, which are an earlier checkpoint or in another number format",
    None: "not named, or in another form than those submitted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything that the two documents are made of.

    Attributes:
        config: the submission.
        model: the language model, as the manifest says it.
        facts: what the ledger says; None for a model that was not trained.
        vouched: whether the ledger names just the weights that are submitted; None where that cannot be told.
        measurements: what was measured.
        ablation: the table of an ablation, as Markdown; empty for none.
        ludens: version of the code.
    """

    config: SubmissionConfig
    model: Model
    facts: LedgerFacts | None
    vouched: bool | None
    measurements: tuple[Measurement, ...]
    ablation: str
    ludens: str


def model_card(known: Known) -> str:
    """The card of the language model, in the form that model hubs show."""
    config, part = known.config, known.config.model
    training = config.training
    lines = [
        "---",
        "language: en",
        f"license: {part.licence}",
        f"base_model: {part.name}",
        "tags: [dialogue-games, neuro-symbolic, ludens]",
        "---",
        "",
        f"# {config.name} {config.version}",
        "",
        config.summary,
        "",
        "## The model",
        "",
        *_bullets(
            ("Base", f"{part.name} ({part.licence})"),
            ("Weights", weights_sentence(known.model)),
            ("Computed by", known.model.engine),
            ("Adapter", f"low rank ({known.model.adapter.rank})" if known.model.adapter else "none"),
            ("Thoughts", f"up to {part.thinking_tokens} tokens before a reply" if part.thinking_tokens else "none"),
            ("Window", f"{part.context_tokens} tokens"),
        ),
        "",
        "## Training",
        "",
    ]
    if training is None:
        lines += ["None: the weights are those that the makers of the base model published.", ""]
    else:
        lines += [*_bullets(("Method", training.method), ("Data", training.data), ("Hardware", training.hardware))]
        lines += [*_bullets(*_tokens(known)), ""]
    lines += ["## What it is for", ""]
    lines += ["Playing dialogue games inside Ludens, which reads the rules, remembers, plans and checks every reply."]
    lines += ["Alone it is a small language model: do not rely on what it says about the world.", ""]
    lines += ["## Figures", "", *_headlines(known.measurements), ""]
    return _text(lines)


def system_report(known: Known) -> str:
    """The report on the whole system: method, data, tokens, hardware, scores with intervals, ablation."""
    config, training = known.config, known.config.training
    lines = [f"# System report: {config.name} {config.version}", ""]
    lines += [f"{config.team}, {config.date}. {config.summary}", ""]
    lines += ["## Method", "", *_method(known)]
    if training is not None:
        lines += ["", f"Training: {training.method}"]
    lines += ["", "## Data", "", training.data if training else "Nothing was trained.", ""]
    lines += ["## Tokens", "", *_bullets(*_tokens(known)), ""]
    lines += ["## Hardware", "", training.hardware if training else "Nothing was trained.", ""]
    lines += ["## Scores", ""]
    lines += ["In brackets: 95% bootstrap intervals. Scales run from 0 to 100. bare: the language model alone."]
    if not known.measurements:
        lines += ["", "Not measured."]
    for measurement in known.measurements:
        lines += _measured(measurement)
    lines += ["", "## Ablation", "", known.ablation.strip() or "Not measured.", ""]
    return _text(lines)


def weights_sentence(model: Model) -> str:
    """Where the weights come from."""
    source = model.source
    if isinstance(source, InBundle):
        return f"in this bundle, `{source.path}`"
    if isinstance(source, InPackage):
        return f"`{source.path}` of the Python package {source.name} {source.version}, SHA-256 {source.files[0].sha256}"
    return f"{source.repository} on the model hub at commit {source.revision}, every file pinned by its SHA-256"


def _method(known: Known) -> Iterable[str]:
    config = known.config
    off = [module for module in MODULES if module not in config.agent.modules]
    yield (
        f"Ludens {known.ludens}: a turn folds the transcript into a rulebook and an explicit memory, a planner "
        "proposes what is worth saying, a grammar holds what may be said, the language model phrases it, and checks "
        "reject or mend it. One language model, no other model; vectors of words come from its token table."
    )
    yield ""
    yield from _bullets(
        ("Switched off", ", ".join(off) or "nothing"),
        ("Decoding", f"temperature {config.play.temperature:g}, at most {config.play.max_tokens} tokens a reply"),
        ("Embeddings", "the model's own" if config.agent.embedder == "model" else "none"),
    )


def _tokens(known: Known) -> list[tuple[str, str]]:
    facts = known.facts
    if facts is None:
        return [("Training tokens", "0")]
    return [
        ("Training tokens", f"{facts.tokens:,} (the challenge allows {BUDGET_TOKENS:,})"),
        ("Of them with loss", f"{facts.trained:,}"),
        ("Stages", ", ".join(facts.stages) or "one"),
        ("Ledger", f"{facts.entries:,} entries, head `{facts.head}`"),
        ("Weights in the ledger", _VOUCHED[known.vouched]),
    ]


def _headlines(measurements: Sequence[Measurement]) -> list[str]:
    rows: list[tuple[str, ...]] = []
    for measurement in measurements:
        for suite in measurement.suites:
            for player in _players(suite):
                score = suite.scores.get(player)
                total = suite.totals.get(player)
                cells = (measurement.title, suite.name, player, "" if score is None else f"{score:.2f}")
                rows.append((*cells, *_cells(total)[1:]))
    if not rows:
        return ["Not measured."]
    return _table(("measured on", "suite", "player", "score", "% played", "quality"), rows)


def _measured(measurement: Measurement) -> list[str]:
    lines = ["", f"### {measurement.title}", ""]
    if measurement.about:
        lines += [measurement.about, ""]
    for suite in measurement.suites:
        rows: list[tuple[str, ...]] = []
        for game, players in suite.games.items():
            for player in _players(suite):
                if player in players:
                    line = players[player]
                    rows.append((game, player, *_cells(line), str(line.errors) if line.errors else ""))
        for player in _players(suite):
            if player in suite.totals:
                rows.append(("all", player, *_cells(suite.totals[player]), ""))
        lines += [f"{suite.name}:", ""]
        lines += _table(("game", "player", "n", "% played", "quality", "broken"), rows)
        scores = [
            f"{player} {suite.scores[player]:.2f}" for player in _players(suite) if suite.scores.get(player) is not None
        ]
        lines += ["", f"Score as `clem eval` rounds it: {', '.join(scores) or 'none'}. {suite.compared}".strip(), ""]
    return lines


def _players(suite: Suite) -> list[str]:
    known = [player for player in _PLAYERS if player in suite.totals]
    return known + sorted(set(suite.totals) - set(known))


def _cells(line: Line | None) -> tuple[str, str, str]:
    if line is None:
        return ("", "", "")
    return (str(line.n), str(line.played or "–"), str(line.quality or "–"))


def _bullets(*pairs: tuple[str, str]) -> list[str]:
    return [f"- {name}: {' '.join(value.split())}" for name, value in pairs]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    body = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *body]


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
