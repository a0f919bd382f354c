"""What a message states: every source of forms in turn, and the forms that come of them."""

import re
from collections.abc import Collection, Sequence

from constraints.forms import ReplyForm
from constraints.reader.assemble import assemble, to_key
from constraints.reader.blocks import read_blocks
from constraints.reader.commands import read_commands
from constraints.reader.conversations import conversation
from constraints.reader.cues import Statement, playful
from constraints.reader.datalike import without_data
from constraints.reader.dialogues import read_dialogue
from constraints.reader.glossary import read_glossary
from constraints.reader.headed import read_headed
from constraints.reader.keyed import read_keyed
from constraints.reader.listed import read_listed
from constraints.reader.ordered import read_ordered
from constraints.reader.questions import answered
from constraints.reader.regions import Region, line_tag
from constraints.reader.rows import read_rows
from constraints.reader.scan import Page
from constraints.reader.statements import read_inline
from constraints.reader.tables import read_tables
from constraints.reader.templates import Hole
from constraints.rulebook import OptionList, Rulebook

_FORMED = re.compile(
    r"(?i)\b(?:format|form|syntax|from now on|reply with|answer with|respond with|one of these|choose)\b"
)


def stated(
    page: Page,
    options: Sequence[OptionList],
    letters: int | None,
    rulebook: Rulebook,
    partners: Collection[str],
    *,
    opens: bool,
) -> tuple[ReplyForm, ...]:
    """The forms that a message states; what a partner's line says states none.

    Args:
        page: the message.
        options: its option lists.
        letters: length of the hidden word, when known.
        rulebook: what was understood before it.
        partners: tags (lower case) of lines that other players wrote.
        opens: whether it is the game's first message.
    """
    playing = playful(page) if opens or not rulebook.standing else _FORMED.search(page.text) is not None
    passed = {line.index for line in page.lines if line.region is Region.DATA and line_tag(line.text) in partners}
    blocks, inline = _gathered(page, playing=playing, first=not rulebook.heard, passed=passed)
    if opens:
        blocks, inline = _said_by_nobody(page, blocks, inline)
    if rulebook.heard and not rulebook.fluid and rulebook.standing:
        data = {line.index for line in page.lines if line.region is Region.DATA}
        known = {to_key(form) for form in rulebook.standing}
        inline = [
            entry
            for entry in inline
            if entry.line not in data or "".join(entry.span.text.split()).lower().strip("\"'") in "".join(known)
        ]
    found = assemble(
        page,
        _ordered(page, blocks, inline) if playing else [*blocks, *inline],
        options,
        letters,
    )
    found = without_data(found, {tag for line in page.lines if (tag := line_tag(line.text))})
    if opens and len(found) < 2:
        return answered(page, found) or read_dialogue(page)
    return found


def _gathered(
    page: Page, *, playing: bool, first: bool, passed: Collection[int]
) -> tuple[list[Statement], list[Statement]]:
    """The statements on lines of their own and those within sentences, the surer sources first."""
    glossary = read_glossary(page)
    blocks: list[Statement] = []
    used: set[int] = set()
    for told, lines in (
        read_headed(page, glossary),
        read_keyed(page),
        read_tables(page, glossary),
        read_rows(page, glossary),
        read_commands(page),
    ):
        if not any(statement.line in used for statement in told):
            blocks += told
            used |= lines
    marked, used = read_blocks(page, glossary, used)
    blocks += marked
    told = read_inline(page, glossary, first=first)
    wrappers = [one for one in (*blocks, *told) if _wraps(one)]
    if not wrappers and any(one.region is Region.RULE and _ONE_COMMAND.search(one.lower) for one in page.sentences):
        return [one for one in blocks if _is_tagged(one)], [one for one in told if _is_tagged(one)]
    blocks = [one for one in blocks if not wrappers or not _is_wrapped(one, wrappers)]
    if playing and not wrappers:
        listed = read_listed(page, glossary, used)
        blocks += listed
        used |= {
            line.index
            for statement in listed
            for line in page.lines
            if statement.span.start <= line.start < statement.span.end
        }
    blocks = [statement for statement in blocks if statement.line not in passed]
    told = [statement for statement in told if not _is_tail(statement)]
    if any(not _defines(statement) for statement in (*blocks, *told)):
        blocks, told = ([one for one in found if not _defines(one)] for found in (blocks, told))
    letters = [one for one in blocks if isinstance(one.pieces[0], str) and _LETTER.match(one.pieces[0])]
    if not first and len(letters) >= MOST_LETTERS:  # the letters of a word with their marks
        blocks = [one for one in blocks if not any(one is other for other in letters)]
    inline = [statement for statement in told if statement.line not in used and statement.line not in passed]
    return blocks, inline


def _defines(statement: Statement) -> bool:
    """Whether a statement says what a placeholder is rather than showing a form ("$REASON is a short reason")."""
    return any(
        isinstance(hole, Hole) and isinstance(after, str) and _IS_A.match(after)
        for hole, after in zip(statement.pieces, statement.pieces[1:], strict=False)
    )


MOST_LETTERS = 3
"""Rows behind a single letter each ("a: B") from which on they tell of letters in a later message."""

_LETTER = re.compile(r"\w:")
_IS_A = re.compile(r"\s(?:(?:is|are|means) (?:an?|the|your|one)|stands for|denotes)\b")


def _is_tail(statement: Statement) -> bool:
    """Whether a statement is the end of a line that says what a command is for ("…, put <thing> on <place>: put …")."""
    return len(statement.pieces) == 2 and isinstance(statement.pieces[0], Hole) and statement.pieces[1] == ":"


_ONE_COMMAND = re.compile(
    r"\b(?:repl(?:y|ies)|answers?|responses?|respond|message)\b[^.:;]{0,40}\b(?:only |just |exactly )?(?:one|"
    r"a single) (?:\w+ )?(?:command|action)\b|"
    r"\brepl(?:y|ies)\b[^.;]{0,30}\bfirst \S{1,20} then (?:one|a single) (?:command|action)\b"
)
"""The whole reply is a command, so that commands listed beside it are no forms of their own."""


def _is_tagged(statement: Statement) -> bool:
    """Whether a statement begins with a tag or a mark of a reply."""
    first = statement.pieces[0] if statement.pieces else ""
    return isinstance(first, str) and bool(re.match(r"[^\w\s\"'`]|[\w ]{1,30}(?::|=|->)", first))


_LISTED_END = re.compile(r"(?i)(?:to|if you want to|when)\b")


def _is_wrapped(statement: Statement, wrappers: Sequence[Statement]) -> bool:
    """Whether a statement is a command that a wrapper takes: it has nothing of the wrapper's fixed text."""
    first = statement.pieces[0] if statement.pieces else ""
    if any(statement is wrapper for wrapper in wrappers) or not isinstance(first, str):
        return not any(statement is wrapper for wrapper in wrappers)
    heads = [piece.strip() for wrapper in wrappers if isinstance(piece := wrapper.pieces[0], str) and piece.strip()]
    if _LISTED_END.match(statement.purpose) and not any(isinstance(piece, Hole) for piece in statement.pieces):
        return False  # a fixed reply with a purpose of its own
    text = first.strip()
    return (
        bool(heads) and text[:1].islower() and not any(text.startswith(head) or head.startswith(text) for head in heads)
    )


def _wraps(statement: Statement) -> bool:
    """Whether a form takes any command as its value, so that commands listed beside it are values and no forms."""
    holes = [piece for piece in statement.pieces if isinstance(piece, Hole)]
    return bool(holes) and bool(
        re.fullmatch(
            r"(?i)(?:your |the |next |an? |one )*(?:action|command|move|input)",
            holes[0].label,
        )
        or re.search(
            r"(?i)^(?:an?|one|your|the) (?:\w+ )?(?:action|command|move|input)\b",
            holes[0].meaning,
        )
    )


def _ordered(page: Page, blocks: list[Statement], inline: list[Statement]) -> list[Statement]:
    """The statements, or the form that is told line by line, whose lines are no forms of their own."""
    told = read_ordered(page)
    if not told or blocks or any(isinstance(piece, Hole) for one in inline for piece in one.pieces):
        return [*blocks, *inline]
    return told


def _said_by_nobody(
    page: Page, blocks: list[Statement], inline: list[Statement]
) -> tuple[list[Statement], list[Statement]]:
    """The statements without those that are lines of a quoted conversation, where others are left."""
    talk = conversation(page)
    if all(statement.line in talk for statement in blocks):
        return blocks, inline
    return (
        [statement for statement in blocks if statement.line not in talk],
        [statement for statement in inline if statement.line not in talk],
    )
