"""The findings of an ablation in one paragraph of plain words, each sentence computed from the numbers."""

from collections.abc import Iterable, Mapping

from ludens.evaluation.configurations import FULL
from ludens.evaluation.findings import Finding, Findings
from ludens.evaluation.pairs import Comparison
from ludens.evaluation.plain_text import in_markdown

WORTH_NAMING = 5.0
"""Points of a game's mean score from which a module is said to carry it."""


def paragraph(findings: Findings) -> str:
    """What was found and what was not, with intervals and adjusted p-values."""
    sentences = [
        *_against_bare(findings),
        *_off(findings),
        *_carried(findings),
        *_gained(findings),
        *_alone(findings),
        *_resolution(findings),
    ]
    return " ".join(sentences) or "No two configurations share an instance, so nothing can be compared yet."


def points(comparison: Comparison) -> str:
    """A difference with its sign and its interval."""
    return f"{comparison.difference:+.1f} [{comparison.low:+.1f}, {comparison.high:+.1f}]"


def chance(p_value: float) -> str:
    """A p-value in words of a table."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}" if p_value < 0.1 else f"p = {p_value:.2f}"


def short(game: str) -> str:
    """A game's name without the prefix that all practice games have."""
    return game.removeprefix("ludens_")


def titled(game: str) -> str:
    """The same as Markdown, whatever stands in it."""
    return in_markdown(short(game))


def _against_bare(findings: Findings) -> Iterable[str]:
    if findings.full is None or FULL not in findings.means:
        return
    found = findings.full
    stands = "" if found.significant else ", which is not significant"
    yield (
        f"The full agent scores {findings.means[FULL]:.1f} points, {points(found)} against the bare model "
        f"({chance(found.p_value)}, {found.pairs} pairs{stands})."
    )


def _off(findings: Findings) -> Iterable[str]:
    """The modules that cost something when they are switched off, dearest first, and those that do not."""
    ordered = sorted(findings.off.items(), key=lambda pair: pair[1].comparison.difference)
    costly = [_told(module, found) for module, found in ordered if found.significant]
    if costly:
        yield f"Switching a module off changes the mean score: {'; '.join(costly)}."
    rest = [f"{module} {points(found.comparison)}" for module, found in ordered if not found.significant]
    if rest:
        yield f"Over all games nothing can be said of {_listed(rest)}: not significant."


def _told(module: str, found: Finding) -> str:
    return f"{module} {points(found.comparison)}, {chance(found.p_adjusted)}"


def _by_loss(findings: Findings) -> list[tuple[str, Mapping[str, Finding]]]:
    return sorted(findings.off_by_game.items(), key=lambda pair: findings.off[pair[0]].comparison.difference)


def _carried(findings: Findings) -> Iterable[str]:
    """Which module carries which games, and which modules carry none."""
    none: list[str] = []
    for module, games in _by_loss(findings):
        lost = [(game, found) for game, found in games.items() if found.significant and _loss(found) >= WORTH_NAMING]
        lost.sort(key=lambda pair: -_loss(pair[1]))
        names = [f"{titled(game)} ({found.comparison.difference:+.0f})" for game, found in lost]
        which = f"all {len(games)} games: " if len(lost) == len(games) > 1 else ""
        if names:
            yield f"{module.capitalize()} carries {which}{_listed(names)}."
        else:
            none.append(module)
    if none:
        yield f"No single game shows that it needs {' or '.join(none)}."


def _loss(found: Finding) -> float:
    return -found.comparison.difference


def _gained(findings: Findings) -> Iterable[str]:
    """Where the agent is better off without a module: worth knowing and easily passed over."""
    better = [
        f"{titled(game)} without {module} ({found.comparison.difference:+.0f})"
        for module, games in findings.off_by_game.items()
        for game, found in games.items()
        if found.significant and found.comparison.difference > 0
    ]
    if better:
        yield f"The agent does better in {_listed(better)}."


def _alone(findings: Findings) -> Iterable[str]:
    if not findings.alone:
        return
    ordered = sorted(findings.alone.items(), key=lambda pair: -pair[1].comparison.difference)
    stands = [_told(module, found) for module, found in ordered if found.significant]
    rest = [module for module, found in ordered if not found.significant]
    if stands:
        yield f"Alone, with all others off, against the bare model: {'; '.join(stands)}."
    if rest:
        yield f"Alone, {_listed(rest)} cannot be told from the bare model."


def _resolution(findings: Findings) -> Iterable[str]:
    """How large an effect may have gone unseen, and what the p-values account for."""
    cells = [found.comparison for games in findings.off_by_game.values() for found in games.values()]
    if not cells:
        return
    widest = max((cell.high - cell.low) / 2 for cell in cells)
    yield (
        f"P-values are adjusted by Holm's method for {len(findings.off)} modules, {len(cells)} pairs of module and "
        f"game, and {len(findings.alone)} modules alone; a single game's interval reaches up to {widest:.0f} points "
        f"to either side ({min(cell.pairs for cell in cells)} to {max(cell.pairs for cell in cells)} pairs), so "
        "smaller effects there go unseen."
    )


def _listed(items: Iterable[str]) -> str:
    """Items joined as in a sentence."""
    *head, last = items
    return f"{', '.join(head)} and {last}" if head else last
