"""What the trace tells of a turn's beginning: what was read, remembered and proposed.

Pure; the moment of each event is an argument.
"""

from agent.anchoring import assisted
from agent.cautions import cautions
from agent.trace import Assisted, Cautioned, Proposed, Remembered, RulesRead, TraceEvent
from constraints.forms import Literal, ReplyForm
from constraints.rulebook import Rulebook
from memory.digest import digest
from planner.session import Option, Proposal, Session

SHOWN_CHARACTERS = 600
"""Of memory's digest."""


def read_and_remembered(session: Session, *, at_ms: float, generated_tokens: int) -> list[TraceEvent]:
    """What the session holds when the turn begins.

    Args:
        session: what is understood and remembered.
        at_ms: milliseconds since the turn began.
        generated_tokens: tokens spent on having the model read along.
    """
    rulebook = session.rulebook
    told: list[TraceEvent] = [
        RulesRead(
            at_ms=at_ms,
            forms=tuple(show_form(form) for form in rulebook.forms),
            rules=tuple(f"{rule.kind}: {rule.span.text}" for rule in rulebook.rules),
            options=tuple(value for options in rulebook.options[:1] for value in options.values),
        )
    ]
    helped = assisted(rulebook)
    if helped.forms or helped.rules:
        told.append(
            Assisted(
                at_ms=at_ms,
                forms=tuple(show_form(form) for form in helped.forms),
                rules=tuple(f"{rule.kind}: {', '.join(rule.words) or rule.span.text}" for rule in helped.rules),
                generated_tokens=generated_tokens,
            )
        )
    odd = cautions(session)
    if odd:
        told.append(Cautioned(at_ms=at_ms, cautions=odd))
    short = digest(session.memory, characters=SHOWN_CHARACTERS)
    return [*told, Remembered(at_ms=at_ms, events=len(session.memory.events), digest=short)]


def proposed(rulebook: Rulebook, proposal: Proposal, *, at_ms: float) -> Proposed:
    """What the planner thinks worth saying, at most five options."""
    return Proposed(
        at_ms=at_ms,
        policy=proposal.policy,
        options=tuple(_show_option(rulebook, option) for option in proposal.options[:5]),
        reason=proposal.options[0].reason if proposal.options else "",
        beliefs=tuple((text, round(weight, 4)) for text, weight in proposal.beliefs[:12]),
    )


def show_form(form: ReplyForm) -> str:
    """A reply form for people, slots in angle brackets."""
    return "".join(part.text if isinstance(part, Literal) else f"<{part.name}>" for part in form.parts)


def _show_option(rulebook: Rulebook, option: Option) -> str:
    form = rulebook.forms[option.form]
    return form.render({slot.name: option.fills.get(slot.name, f"<{slot.name}>") for slot in form.slots})
