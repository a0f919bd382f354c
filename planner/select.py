"""Select: answering a question by one of the options that it lists.

A small model leans to one place of a list, whatever is asked. So an option is worth
how much likelier the question makes it: its log-probability after the message, less
that after the message without its question (domain-conditional pointwise mutual
information; Holtzman et al. 2021, Surface Form Competition, section 3). Of 40 plain
questions the embedded model answers 20 in this way and 8 by likelihood alone.
"""

import re
from dataclasses import dataclass

from constraints.forms import ReplyForm, SlotKind
from constraints.reader.choices import Choices, blocks, last_bullets
from constraints.reader.scan import Page, read_page
from memory.events import Source
from planner.session import Option, Proposal, Ranker, Session

MOST_OPTIONS = 12
"""Most options that are weighed."""

_HEADING = re.compile(r"[^\n.?!]{0,40}:[ \t]*\n*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """The policy for questions with listed options.

    Attributes:
        ranker: the language model's opinion; None to leave the answer to decoding.
    """

    ranker: Ranker | None = None
    name: str = "select"

    def fits(self, session: Session) -> float:
        """High when the first message lists options and its only reply is one of them."""
        return 0.99 if self.ranker is not None and _asked(session) is not None else 0.0

    def propose(self, session: Session) -> Proposal:
        """The options, those that the question makes likeliest first."""
        asked = _asked(session)
        if asked is None or self.ranker is None:
            return Proposal(policy=self.name)
        form, page, unasked = asked
        slot = form.slots[0]
        replies = [form.render({slot.name: option}) for option in slot.options]
        after = self.ranker.rank(page.text, replies)
        anyway = self.ranker.rank(unasked, replies)
        worth = [score - prior for score, prior in zip(after, anyway, strict=True)]
        order = sorted(range(len(replies)), key=lambda place: -worth[place])
        options = (Option(form=0, fills={slot.name: slot.options[place]}, score=worth[place]) for place in order)
        return Proposal(policy=self.name, options=tuple(options))


def _asked(session: Session) -> tuple[ReplyForm, Page, str] | None:
    """The form of the answer, the message, and the message without its question; None where nothing is to be chosen."""
    rulebook = session.rulebook
    newest = session.memory.newest(Source.GAME)
    if newest is None or rulebook.messages != 1 or len(rulebook.forms) != 1:
        return None
    form = rulebook.forms[0]
    if len(form.slots) != 1 or form.slots[0].kind is not SlotKind.CHOICE:
        return None
    options = form.slots[0].options
    page = read_page(newest.text, 0)
    labelled = list(blocks(page))
    bullets = last_bullets(page)
    listed = (*labelled, *((bullets,) if bullets is not None else ()))
    block = next((block for block in listed if options in (block.labels, block.texts)), None)
    if block is None or len(labelled) > 1 or len(options) > MOST_OPTIONS:  # worked examples teach by themselves
        return None
    unasked = without_question(page, block, form)
    return (form, page, unasked) if unasked is not None else None


def without_question(page: Page, block: Choices, form: ReplyForm) -> str | None:
    """The message without what it asks right before the options; None when nothing stands there.

    What says how to reply stays, and so does a heading of the options.
    """
    text = page.text
    begin = text.rfind("\n\n", 0, block.start) + 2 if "\n\n" in text[: block.start].rstrip() else 0
    question = text[begin : block.start]
    heading = _HEADING.search(question)
    head = heading.group() if heading is not None else ""
    question = question.removesuffix(head)
    if not re.search(r"\w", question):  # a blank line stands between the question and its options
        end = len(text[:begin].rstrip())
        begin = text.rfind("\n\n", 0, end) + 2 if "\n\n" in text[:end] else 0
        question = text[begin : block.start].removesuffix(head)
    if not re.search(r"\w", question):
        return None
    kept = form.span.text + "\n" if begin <= form.span.start < block.start - len(head) else ""
    return f"{text[:begin]}{kept}{head.lstrip()}{text[block.start :]}"
