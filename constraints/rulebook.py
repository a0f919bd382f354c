"""The rulebook: what the agent has understood of a game from the game's messages.

Plain records only. How they are read from prose is the reader's business
(`constraints.reader`), how they bind a reply that of `constraints.turn`.
"""

from dataclasses import dataclass
from enum import StrEnum

from constraints.forms import ReplyForm
from constraints.span import Span


class RuleKind(StrEnum):
    """A rule that a finished reply can be checked against."""

    FORBIDDEN_WORDS = "forbidden_words"  # `words` and their morphological variants may not occur
    NO_REPEAT = "no_repeat"  # a value said before in the same slot may not be said again
    LETTERS = "letters"  # the answer word has exactly `low` letters
    WORDS = "words"  # between `low` and `high` words
    SENTENCES = "sentences"  # between `low` and `high` sentences
    LINES = "lines"  # between `low` and `high` lines
    LOWERCASE = "lowercase"  # no capital letters
    NOTHING_ELSE = "nothing_else"  # the form and not a character more
    BRIEF = "brief"  # short answers wanted
    ONE_QUESTION = "one_question"  # no more than one question
    CAPITALS = "capitals"  # no small letters
    CAPITAL_WORDS = "capital_words"  # between `low` and `high` words in capital letters
    KEYWORDS = "keywords"  # each of `words` occurs between `low` and `high` times
    LETTER_COUNT = "letter_count"  # the letter in `words` occurs between `low` and `high` times
    PARAGRAPHS = "paragraphs"  # between `low` and `high` paragraphs, parted by `words[0]` or a blank line
    PARAGRAPH_START = "paragraph_start"  # paragraph `low` begins with `words[0]`
    BULLETS = "bullets"  # between `low` and `high` lines that begin with a bullet
    HIGHLIGHTS = "highlights"  # at least `low` stretches between asterisks
    SECTIONS = "sections"  # at least `low` sections headed `words[0]`
    PLACEHOLDERS = "placeholders"  # at least `low` placeholders in square brackets
    TITLE = "title"  # a title in double angular brackets
    QUOTED = "quoted"  # the whole reply in double quotation marks
    POSTSCRIPT = "postscript"  # ends with a postscript that begins with `words[0]`
    STARTS = "starts"  # begins with `words[0]`
    ENDS = "ends"  # ends with `words[0]`
    NO_COMMAS = "no_commas"  # no comma
    JSON = "json"  # the whole reply is JSON
    LANGUAGE = "language"  # in the language `words[0]`
    TWO_RESPONSES = "two_responses"  # two replies parted by `words[0]`
    REPEAT_PROMPT = "repeat_prompt"  # begins with the request `words[0]`, word for word
    PHRASES = "phrases"  # contains one of `words`


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One hard rule.

    Attributes:
        kind: what it demands.
        span: where it was read.
        confidence: how sure the reader is, 0 to 1.
        words: the words it speaks of; () where it speaks of none.
        low: lower bound, inclusive; None for none.
        high: upper bound, inclusive; None for none.
        slot: name of the slot that it binds; "" for the whole reply.
    """

    kind: RuleKind
    span: Span
    confidence: float
    words: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    slot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionList:
    """Values that a message offers to choose from.

    Attributes:
        label: the words that introduce it ("Currently available directions").
        values: the options, in the order of the message.
        span: where it was read.
        confidence: how sure the reader is, 0 to 1.
    """

    label: str
    values: tuple[str, ...]
    span: Span
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """How feedback on a guessed word marks each letter, as the prompt explains it.

    Attributes:
        exact: the mark of a right letter in the right place ("green", "=", "hit").
        present: the mark of a right letter in a wrong place.
        absent: the mark of a letter that does not occur.
        span: where it was read.
        confidence: how sure the reader is, 0 to 1.
    """

    exact: str
    present: str
    absent: str
    span: Span
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Everything understood so far; the empty rulebook binds nothing.

    Attributes:
        forms: reply forms that are legal now; () when no form was read.
        rules: hard rules in force.
        options: option lists of the newest game message, most trusted first.
        legend: how guesses are marked, when the prompt says so.
        letters: length in letters of the hidden word, when the prompt says so.
        turn_limit: turns, guesses or moves allowed in all, when the prompt says so.
        messages: messages read so far, ours included.
        standing: reply forms that hold until further notice; `forms` are those of them, or of the newest
            message, that are legal now.
        partners: tags (lower case) that another player's words start with; what stands there is no instruction.
        masters: tags (lower case) of the game master's own messages.
        passed: tags (lower case) after which the game master passes on what another player says.
        fluid: whether the game states the form anew from message to message.
        heard: game messages read so far.
        called: in fluid games, the forms that messages have called for so far.
    """

    forms: tuple[ReplyForm, ...] = ()
    rules: tuple[Rule, ...] = ()
    options: tuple[OptionList, ...] = ()
    legend: Legend | None = None
    letters: int | None = None
    turn_limit: int | None = None
    messages: int = 0
    standing: tuple[ReplyForm, ...] = ()
    partners: tuple[str, ...] = ()
    masters: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    fluid: bool = False
    heard: int = 0
    called: tuple[ReplyForm, ...] = ()

    def of(self, kind: RuleKind) -> tuple[Rule, ...]:
        """The rules of one kind, in the order in which they were read."""
        return tuple(rule for rule in self.rules if rule.kind is kind)
