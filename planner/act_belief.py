"""What is believed after every deed: the world, and what the verbs turned out to do.

Replays the dialogue: each own command with the answer to it. Knows no goal.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from memory.events import Event, Source
from memory.world import HANDS, World, notice
from memory.world_reading import Says, Statement, noun, read_scene, sentences
from planner.act_words import USUAL, Role, Words, cue, read_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something to do.

    Attributes:
        role: what for; None for a verb whose effect is to be found out or is a state of its own.
        thing: what with: a thing, a place to open, a room to go to.
        place: where a thing is put.
        preposition: "in" or "on" for putting.
        verb: the verb, where it is settled.
        goal: the state that is wanted, for a verb without a role.
    """

    role: Role | None
    thing: str = ""
    place: str = ""
    preposition: str = ""
    verb: str = ""
    goal: str = ""


@dataclass(slots=True, kw_only=True)
class Belief:
    """The world and the verbs, as far as known.

    Attributes:
        world: the believed world.
        words: what the prompt says of commands.
        dead: verbs that are not understood, or do something else, for a role; ("", verb) for all roles.
        learnt: verbs that were found to play a role.
        effects: verb to the state that it brings about.
        failed: (room, command) to the number of changes of the world after which it failed.
        failures: command to how often it failed at all.
        changes: deeds so far that changed something.
        turns: own messages so far.
        seen: room to the turn at which it was last described.
        changed: the turn of the last change.
    """

    world: World = field(default_factory=World)
    words: Words = field(default_factory=Words)
    dead: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    learnt: dict[Role, list[str]] = field(default_factory=dict[Role, list[str]])
    effects: dict[str, str] = field(default_factory=dict[str, str])
    failed: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    failures: dict[str, int] = field(default_factory=dict[str, int])
    changes: int = 0
    turns: int = 0
    seen: dict[str, int] = field(default_factory=dict[str, int])
    changed: int = 0

    def verbs(self, role: Role) -> list[str]:
        """Verbs to try for a role, surest first."""
        stated, taken = self.words.of(role), {verb for verbs in self.learnt.values() for verb in verbs}
        usual = () if self.words.listed and stated else USUAL[role]
        guessed = [] if role in (Role.DONE, Role.LOOK) else [verb for verb in self.words.strange if verb not in taken]
        guessed = [verb for verb in guessed if verb not in self.effects]
        known = [*self.learnt.get(role, ()), *stated, *usual[:1], *guessed, *usual[1:]]
        return [
            verb for verb in dict.fromkeys(known) if (role.value, verb) not in self.dead and ("", verb) not in self.dead
        ]

    def is_banned(self, command: str) -> bool:
        """Whether a command failed here and nothing has changed since, or failed too often."""
        return self.failed.get((self.world.here, command)) == self.changes or self.failures.get(command, 0) >= 3


_FAIL = re.compile(
    r"\b(?:not|cannot|never|no|nothing|unable|impossible|fail\w*|already|full|must|unknown|invalid"
    r"|would have to|have to"
    r"|need\w*|while|unless|first|sorry|too|without|which|what|nowhere|neither|hardly|refuse\w*|stuck|locked)\b"
    r"|n['’]t\b"
)
_STRANGER = re.compile(
    r"\b(?:know|understand|understood|interpret|recogni[sz]e\w*|mean|means|among the commands|unknown"
    r"|no such (?:command|verb|action)"
    r"|(?:valid|legal|known) (?:command|verb|action)|not a (?:command|verb|action))\b"
)
_FULL = re.compile(r"\b(?:full|more|limit|hold|carry|capacity|at the same time|too many|too much)\b")
_ABSENT = re.compile(r"\b(?:see|sight|here|there is no|find|visible|reach|present)\b")
_CLOSED = re.compile(r"\b(?:closed|shut|locked)\b")
_UNHELD = re.compile(r"\b(?:have|carry|hold|hands|inventory|carrying|holding)\b")
_NUMBER = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_CAPACITY = re.compile(r"\b(?:carry|carried|hold|holds|inventory|hands|pockets|bag)\b", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:up to|no more than|at most|maximum|max|only|limit\w*|not more than|cannot hold more"
    r"|can not hold more|at a time|at once|at the same time)\b",
    re.IGNORECASE,
)


def believe(events: Sequence[Event]) -> Belief:
    """Replays the dialogue."""
    belief = Belief()
    command = ""
    begun = False
    for event in events:
        if event.source is Source.SELF:
            command = command_in(event, belief)
            belief.turns += 1
        elif not begun:
            begun = True
            belief.words = read_words(event.text)
            belief.world.limit = carrying_limit(event.text)
            notice(belief.world, opening_scene(event.text))
        elif command:
            _learn(belief, command, event.text)
    return belief


def opening_scene(prompt: str) -> tuple[Statement, ...]:
    """What the prompt says of the world: the statements from the last naming of our room on."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", prompt)
    for index in range(len(parts) - 1, -1, -1):
        if any(statement.says is Says.HERE for statement in read_scene(parts[index])):
            return read_scene("\n".join(parts[index:]))
    return ()


def carrying_limit(prompt: str) -> int | None:
    """How many things can be carried, where the prompt says so."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", prompt):
        if _CAPACITY.search(sentence) and _BOUND.search(sentence):
            for word in re.findall(r"\d+|[a-z]+", sentence.casefold()):
                number = int(word) if word.isdigit() else _NUMBER.get(word)
                if number is not None and 0 < number < 50:
                    return number
    return None


def command_in(event: Event, belief: Belief) -> str:
    """The command in an own message: the slot that begins with a verb, else the first line."""
    values = [value for _, value in event.fills] or [event.text.strip().split("\n")[0]]
    for value in values:
        clean = _clean(value)
        if read_deed(clean, belief) is not None:
            return clean
    return _clean(values[0])


def _clean(command: str) -> str:
    return " ".join(command.strip(" >\"'`.!").casefold().split())


def read_deed(command: str, belief: Belief) -> Deed | None:
    """What an own command does, by its verb; None when the verb is unknown."""
    known: list[tuple[str, Role | None]] = [(verb, None) for verb in belief.words.strange]
    known += [(verb, role) for role in Role for verb in (*belief.words.of(role), *USUAL[role])]
    known += [(verb, role) for role, verbs in belief.learnt.items() for verb in verbs]
    stated = {verb: role for role in Role for verb in belief.words.of(role)}
    best: tuple[str, Role | None] | None = None
    for verb, role in known:
        if (command == verb or command.startswith(f"{verb} ")) and (best is None or len(verb) >= len(best[0])):
            best = (verb, stated.get(verb, role))
    if best is None:
        return None
    verb, role = best
    rest = command[len(verb) :].strip()
    parts = re.split(r" (?:in|on|into|onto) ", rest, maxsplit=1)
    if len(parts) == 2 and role in (Role.PUT, None):
        prep = "on" if re.search(r" on(?:to)? ", rest) else "in"
        return Deed(role=role or Role.PUT, thing=noun(parts[0]), place=noun(parts[1]), preposition=prep, verb=verb)
    return Deed(role=role, thing=noun(rest), verb=verb)


def _learn(belief: Belief, command: str, answer: str) -> None:
    """Takes in the answer to a command."""
    world, before = belief.world, belief.world.here
    deed = read_deed(command, belief)
    first = next(iter(sentences(answer)), "")
    statements = read_scene(answer)
    if any(statement.says is Says.HERE for statement in statements):
        described = [statement.subject for statement in statements if statement.says is Says.HERE]
        belief.seen[described[-1]] = belief.turns
    if deed is not None and (deed.role is None or deed.verb in belief.words.strange):
        deed = _find_out(belief, deed, first, statements)
    failed = _has_failed(deed, first, statements)
    if failed:
        statements = tuple(
            s for s in statements if s.says in (Says.HERE, Says.HELD, Says.ONLY_HELD, Says.OPEN, Says.CLOSED)
        )
    notice(world, statements, before=before)
    if deed is None or failed:
        belief.failed[before, command] = belief.changes
        belief.failures[command] = belief.failures.get(command, 0) + 1
        if deed is not None:
            _correct(belief, deed, first)
    else:
        _apply_told(belief, deed, before)


def _has_failed(deed: Deed | None, first: str, statements: Sequence[Statement]) -> bool:
    """Whether the answer says that the command did not work."""
    if deed is None or deed.role in (Role.LOOK, Role.DONE):
        return False
    held = {thing for s in statements if s.says in (Says.HELD, Says.ONLY_HELD) for thing in s.things}
    if deed.role is Role.GO and any(s.says is Says.HERE for s in statements):
        return deed.thing not in {s.subject for s in statements if s.says is Says.HERE}
    if deed.role is Role.TAKE and deed.thing in held:
        return False
    wanted = {Role.OPEN: Says.OPEN, Role.CLOSE: Says.CLOSED}.get(deed.role) if deed.role is not None else Says.STATE
    if wanted is not None and any(s.says is wanted and s.subject == deed.thing for s in statements):
        return False
    if deed.role is Role.PUT and re.match(r"^(?:the )?[\w -]+ is (?:closed|shut|locked)\b", first):
        return True
    return not first or _FAIL.search(first) is not None


def _find_out(belief: Belief, deed: Deed, first: str, statements: Sequence[Statement]) -> Deed:
    """What a strange verb did, or says it would have done."""
    says = {s.says: s for s in statements}
    role: Role | None = None
    if Says.HELD in says and not _FAIL.search(first):
        role = Role.TAKE
    elif Says.STATE in says and says[Says.STATE].subject == deed.thing and not _FAIL.search(first):
        belief.effects[deed.verb] = says[Says.STATE].things[0]
    elif Says.OPEN in says or Says.CLOSED in says:
        role = Role.OPEN if Says.OPEN in says else Role.CLOSE
    elif Says.HERE in says and says[Says.HERE].subject == deed.thing and not _FAIL.search(first):
        role = Role.GO
    elif re.search(r"\bis not (?:open|closed)\b", first):
        role = Role.CLOSE if "not open" in first else Role.OPEN
    elif not _STRANGER.search(first):
        own = re.sub("|".join(re.escape(name) for name in (deed.thing, deed.place, deed.verb) if name), " ", first)
        role = cue(own)
        role = role if role in (Role.GO, Role.TAKE, Role.PUT, Role.OPEN, Role.CLOSE, Role.DROP) else None
    if role is None:
        return deed
    if deed.verb not in belief.learnt.setdefault(role, []):
        belief.learnt[role].append(deed.verb)
    return Deed(role=role, thing=deed.thing, place=deed.place, preposition=deed.preposition, verb=deed.verb)


def _correct(belief: Belief, deed: Deed, first: str) -> None:
    """What a refusal teaches."""
    world, role = belief.world, deed.role
    if _STRANGER.search(first) and (deed.thing not in first or deed.verb in first.replace(deed.thing, "")):
        _rule_out(belief, deed)
    elif role is Role.GO:
        world.blocked.add((world.here, deed.thing))
    elif role is Role.TAKE:
        _not_taken(world, deed, first)
    elif role is Role.PUT:
        _not_put(world, deed, first)
    elif role in (Role.OPEN, Role.CLOSE):
        if _ABSENT.search(first) and not re.search(r"\bnot closed\b|\balready\b", first):
            world.where.pop(deed.thing, None)
        else:
            world.swung[deed.thing] = role is Role.OPEN
            world.searched.add(deed.thing)


def _rule_out(belief: Belief, deed: Deed) -> None:
    """A verb that was not understood: a strange one only in the shape in which it was tried."""
    ruled_out = [""]
    if deed.verb in belief.words.strange:
        one = [Role.GO.value, Role.TAKE.value, Role.OPEN.value, Role.CLOSE.value, Role.DROP.value, "state"]
        ruled_out = [Role.PUT.value] if deed.place else one
    belief.dead.update((out, deed.verb) for out in ruled_out)


def _not_taken(world: World, deed: Deed, first: str) -> None:
    if _CLOSED.search(first) and deed.thing in world.where:
        world.swung[world.where[deed.thing]] = False
    elif _FULL.search(first) and deed.thing not in first:
        world.limit = max(1, len(world.held))
    elif _ABSENT.search(first):
        world.where.pop(deed.thing, None)


def _not_put(world: World, deed: Deed, first: str) -> None:
    if _CLOSED.search(first):
        world.swung[deed.place] = False
    elif _ABSENT.search(first) and (deed.place in first or deed.thing not in first):
        world.where.pop(deed.place, None)
    elif _UNHELD.search(first):
        world.where.pop(deed.thing, None)


def _apply_told(belief: Belief, deed: Deed, before: str) -> None:
    """A deed that worked changes the world, also where the answer does not describe how."""
    if deed.role in (Role.LOOK, Role.DONE):
        return
    if deed.role is not Role.GO or belief.world.here == before:
        apply(belief.world, deed)
    belief.changes += 1
    if deed.role is not Role.GO:
        belief.changed = belief.turns


def apply(world: World, deed: Deed) -> None:
    """Does a deed in a believed world."""
    if deed.role is Role.GO:
        world.here = deed.thing
    elif deed.role is Role.TAKE:
        world.where[deed.thing] = HANDS
    elif deed.role is Role.PUT:
        world.where[deed.thing] = deed.place
    elif deed.role is Role.DROP:
        world.where[deed.thing] = world.here
    elif deed.role in (Role.OPEN, Role.CLOSE):
        world.swung[deed.thing] = deed.role is Role.OPEN
        world.searched.add(deed.thing)
    elif deed.role is None and deed.goal:
        world.states[deed.thing] = deed.goal


def phrases(belief: Belief, deed: Deed) -> list[str]:
    """How a deed can be commanded, surest first."""
    verbs = [deed.verb] if deed.verb else belief.verbs(deed.role) if deed.role is not None else []
    if deed.role is Role.PUT:
        other = "in" if deed.preposition == "on" else "on"
        return [f"{verb} {deed.thing} {prep} {deed.place}" for verb in verbs for prep in (deed.preposition, other)]
    return [f"{verb} {deed.thing}".strip() for verb in verbs]
