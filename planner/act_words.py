"""Commands: which verbs a prompt states, what each is for, and how commands are written.

Reads lists of commands ("take THING - …", `"go ROOM" takes you …`), verbs named in
prose, and definitions ("to dax is to …"). Knows no world and no goal.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a command is for."""

    GO = "go"
    TAKE = "take"
    PUT = "put"
    DROP = "drop"
    OPEN = "open"
    CLOSE = "close"
    LOOK = "look"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The commands that a prompt states.

    Attributes:
        verbs: role to verbs, surest first; pairs, so that the record can be hashed.
        strange: verbs that the prompt names without saying what they do.
        listed: whether the prompt lists its commands, so that others are unlikely to be understood.
    """

    verbs: tuple[tuple[Role, tuple[str, ...]], ...] = ()
    strange: tuple[str, ...] = ()
    listed: bool = False

    def of(self, role: Role) -> tuple[str, ...]:
        """Verbs for a role, surest first."""
        return dict(self.verbs).get(role, ())


USUAL: dict[Role, tuple[str, ...]] = {
    Role.GO: ("go", "go to", "enter", "walk to", "move to", "walk", "move"),
    Role.TAKE: ("take", "get", "pick up", "grab", "pick"),
    Role.PUT: ("put", "place", "set", "lay", "insert"),
    Role.DROP: ("drop", "put down", "leave", "discard"),
    Role.OPEN: ("open", "open up", "unlatch", "unlock"),
    Role.CLOSE: ("close", "shut"),
    Role.LOOK: ("look", "look around", "observe", "examine room"),
    Role.DONE: ("done", "finish", "quit", "end", "stop", "end game"),
}
_HOLE = r"(?:[A-Z][A-Z_]{1,19}|<[^<>\n]{1,30}>|\[[^\[\]\n]{1,30}\]|\{[^{}\n]{1,30}\}|\$[A-Z]+|\.\.\.|…)"
_COMMAND = re.compile(
    rf"(?P<verb>[A-Za-z][a-z'’-]+(?: [^\W\d_A-Z][\w'’-]*){{0,3}}?)(?P<holes>(?: {_HOLE}(?: (?:(?:in|on|into"
    rf"|onto|to|at|from"
    rf"|with|inside)(?:/(?:in|on|into|onto))? )?{_HOLE})?)?)"
)
_LINE = re.compile(
    rf"^[ \t]*(?:[-*•]|\d{{1,2}}[.)])?[ \t]*(?:(?P<quote>[\"'`“])(?P<quoted>{_COMMAND.pattern})[\"'`”]|(?P<bare>"
    rf"{_COMMAND.pattern.replace('<verb>', '<verb2>').replace('<holes>', '<holes2>')})(?=[ \t]*"
    rf"(?:,[^\n]*?)?[ \t]*(?:[-–—:=(]|->)))"
    r"(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_CUES: tuple[tuple[Role, str], ...] = (
    (Role.CLOSE, r"clos(?:e|es|ing)\b|shuts?\b|seals?\b|block|unavailable"),
    (Role.OPEN, r"opens?\b|opening\b(?! of)|unlock|unlatch|unobstruct|uncover|(?<!un)available"),
    (Role.DONE, r"ends?\b|finish|quits?\b|stops?\b|gives? up|announce|over\b|complete"),
    (
        Role.TAKE,
        r"puts?\b.{0,24} into your|takes? (?:a |an |the |up |hold )*(?:thing|object|item|some|possession|with"
        r"|it)|picks?\b|grabs?\b|into your (?:hand|inventory|bag)"
        r"|obtain|acquire|possess|collect|lift|get (?:a|an|the|hold) ",
    ),
    (
        Role.GO,
        r"walk|goes?\b|go\b|moves?\b (?:you|to|through|into|in)|travel|takes? you|leads?\b|neighbou?ring"
        r"|next door|enter|relocate|another room",
    ),
    (Role.PUT, r"puts?\b|places?\b|lays?\b|sets?\b|deposit|physically place|stow"),
    (Role.LOOK, r"sees?\b|looks?\b|describ|observ|inspect|examin|view|around"),
    (Role.DROP, r"drops?\b|let go|release"),
)
_CUE = tuple((role, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for role, pattern in _CUES)
_MORE = re.compile(
    r"\b(?:you (?:can|may|are able to)(?: also)?|(?:commands?|actions?|verbs?)[^.:\n]{0,40}?(?::|are|include))\s+"
    r"(?P<list>(?:\"?[a-z]+\"?(?:, | and |, and | or )){0,12}\"?[a-z]+\"?)(?=[.\n;]|$)"
)
_MEANS = re.compile(r"\bto (?P<verb>[a-z]+) (?:is|means) to (?P<what>[^.\n]+)", re.IGNORECASE)
_DONE = re.compile(
    r"\b(?:write|say|give|type|use|command|enter|reply|answer|with"
    r"|by)[^.\n\"'`“]{0,40}[\"'`“]\W{0,3}(?P<verb>[a-z]+(?: [a-z]+)?)\W{0,2}[\"'`”]",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"\b(?:end|ends|done|finish|finished|through|achieved|complete|completed|over|stop)\b", re.IGNORECASE
)


@lru_cache(maxsize=256)
def read_words(prompt: str) -> Words:
    """The commands that a prompt states."""
    found: dict[Role, list[str]] = {}
    listed = 0
    for match in _LINE.finditer(prompt[:12000]):
        verb = (match["verb"] or match["verb2"] or "").strip()
        holes = match["holes"] or match["holes2"] or ""
        role = _role_of(verb, holes, match["rest"])
        if role is not None and _is_command(verb, holes, match, role):
            found.setdefault(role, []).append(verb.casefold())
            listed += 1
    if Role.DONE not in found:
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", prompt):
            match = _DONE.search(sentence)
            if match and _ENDING.search(sentence) and len(match["verb"]) < 20:
                found.setdefault(Role.DONE, []).append(match["verb"].casefold())
    strange = _named_verbs(prompt, found) if listed < 3 else ()
    verbs = tuple((role, tuple(dict.fromkeys(names))) for role, names in found.items())
    return Words(verbs=verbs, strange=strange, listed=listed >= 3)


def _is_command(verb: str, holes: str, match: re.Match[str], role: Role) -> bool:
    """Whether a line states a command and not something else in that shape."""
    if holes:
        return True
    rest = match["rest"].strip(" -–—:=(")
    return role in (Role.DONE, Role.LOOK) and 0 < len(rest) < 80 and len(verb.split()) <= 3 and verb[0].islower()


def _role_of(verb: str, holes: str, rest: str) -> Role | None:
    """What a command is for: by its holes, by the first telling word of its description, by its own name."""
    count = len(re.findall(_HOLE, holes))
    described = cue(rest)
    own = usual_role(verb) or cue(verb)
    if count == 2 or re.search(r" (?:in|on|into|onto) ", holes):
        return Role.PUT
    if count == 0:
        both = [role for role in (described, own) if role in (Role.LOOK, Role.DONE)]
        return both[0] if both else None
    if re.search(r"ROOM|DIRECTION|LOCATION|DESTINATION|room|direction|location|exit", holes):
        return Role.GO
    if described in (Role.PUT, Role.LOOK) and own in (Role.TAKE, Role.DROP):
        return own
    return described if described not in (None, Role.LOOK, Role.DONE) else own


def cue(text: str) -> Role | None:
    """The role of which the text gives the first sign."""
    signs = [(match.start(), number, role) for number, (role, sign) in enumerate(_CUE) if (match := sign.search(text))]
    return min(signs)[2] if signs else None


def usual_role(verb: str) -> Role | None:
    """The role of an ordinary verb."""
    name = verb.casefold()
    return next((role for role, names in USUAL.items() if name in names), None)


def _named_verbs(prompt: str, found: dict[Role, list[str]]) -> tuple[str, ...]:
    """Verbs named in prose: those with a known meaning go to their roles, the others are returned."""
    strange: dict[str, None] = {}
    for match in _MORE.finditer(prompt):
        for name in re.findall(r"[a-z]+", re.sub(r"\b(?:and|or)\b", " ", match["list"])):
            role = usual_role(name)
            if role is not None:
                found.setdefault(role, []).append(name)
            else:
                strange[name] = None
    if not _names_verbs(strange):
        strange = {}
    for match in _MEANS.finditer(prompt):
        role = cue(match["what"])
        name = match["verb"].casefold()
        if role is not None and name in strange:
            found.setdefault(role, []).insert(0, name)
            del strange[name]
    return tuple(strange)


def _names_verbs(names: Iterable[str]) -> bool:
    """Whether words look like verbs of a game and not like the rest of a sentence."""
    common = {
        "have",
        "perceive",
        "see",
        "the",
        "a",
        "your",
        "it",
        "you",
        "be",
        "to",
        "do",
        "with",
        "in",
        "what",
        "i",
        "not",
    }
    return not any(name in common for name in names)
