"""The rules of the adventure: reading commands, telling what happened, and what is worth what."""

import re
from typing import ClassVar

from pydantic import Field

from games.adventure.knowing import Command, sensible_command
from games.adventure.world import HANDS, VERBS, Layout, Place, Verb, World
from games.instances import Instance
from games.practice import PracticeMaster
from games.protocol.forms import Move

LEVELS = ("one", "two", "three", "pockets", "strange", "planned")


class AdventureInstance(Instance):
    """One world with goals."""

    layout: Layout
    """The world at the start."""
    max_turns: int = Field(ge=1, le=300)
    """Commands allowed."""
    must_say_done: bool
    """True when the player has to announce the end; otherwise the game ends when all goals hold."""


def read_command(text: str, words: dict[str, str]) -> tuple[Verb, str, str] | None:
    """A command as (verb, thing or place or room, place); None when the verb is unknown.

    Args:
        text: what the player wrote.
        words: the instance's vocabulary, with "verb.go" and so on.
    """
    said = re.sub(r"\b(the|a|an|my)\b", " ", text.casefold())
    said = " ".join(re.sub(r"[.!\"'`]", " ", said).split())
    for verb in sorted(VERBS, key=lambda own: -len(words[f"verb.{own}"])):
        name = words[f"verb.{verb}"]
        if said == name or said.startswith(name + " "):
            rest = said[len(name) :].strip()
            if verb == "put":
                parts = re.split(r"\s(?:into|onto|in|on|to|inside)\s", rest, maxsplit=1)
                return verb, parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""
            if verb == "take":
                rest = re.split(r"\s(?:from|out of|off)\s", rest, maxsplit=1)[0].strip()
            return verb, rest, ""
    return None


class AdventureMaster(PracticeMaster):
    """Tells what happens."""

    instance_type = AdventureInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("adventurer",)

    def prepare(self) -> None:
        """The adventurer looks around."""
        self.world = World.begin(self.instance.layout)
        self.seen = {self.world.here}
        self.turns = 0
        self.failed_commands = 0
        self.tell("adventurer", "begin", scene=self.scene())

    def allowed(self, role: str) -> tuple[str, ...]:
        """Commands."""
        return ("act",)

    def play(self, role: str, move: Move) -> None:
        """Carries out a command."""
        self.turns += 1
        command = read_command(move["action"], self.protocol.words)
        before = self.world.achieved()
        if command is None:
            happened = self._fail("unknown", move["action"], "")
        elif command[0] == "done":
            self._done()
            return
        elif command[0] == "look":
            happened = self.scene()
        else:
            happened = self._carry_out(*command)
        self._reward(before)
        if not self.instance.must_say_done and self.world.achieved() == len(self.instance.layout.goals):
            self.win()
        elif self.turns >= self.instance.max_turns:
            self.give_up("turns.used_up")
        else:
            self.tell("adventurer", "happened", happened=happened, left=self.instance.max_turns - self.turns)

    def _carry_out(self, verb: Verb, first: str, second: str) -> str:
        wrong = self.world.do(verb, first, second)
        if wrong:
            return self._fail(wrong, first, second)
        self.log_to_self("done", {"verb": verb, "first": first, "second": second})
        if verb == "go":
            self.seen.add(self.world.here)
            return self.scene()
        place = self.world.place(first)
        contents = self._contents(place) if verb == "open" and place else ""
        return self.protocol.say(f"did.{verb}", first=first, second=second, contents=contents)

    def _fail(self, key: str, first: str, second: str) -> str:
        self.failed_commands += 1
        self.log_to_self("failed", {"why": key, "first": first, "second": second})
        return self.protocol.say(f"fail.{key}", first=first, second=second or "that place")

    def _reward(self, before: int) -> None:
        gained = (self.world.achieved() - before) / len(self.instance.layout.goals)
        self.reward("adventurer", gained if gained else -0.01, "goals" if gained else "a turn")

    def _done(self) -> None:
        if self.world.achieved() == len(self.instance.layout.goals):
            self.reward("adventurer", 0.5, "complete")
            self.win()
        else:
            self.reward("adventurer", -0.5, "stopped early")
            self.lose("goals.open")

    def scene(self) -> str:
        """What is to be seen here."""
        say = self.protocol.say
        parts = [say("scene.room", room=self.world.here)]
        for place in self.instance.layout.places:
            if place.room == self.world.here:
                parts.append(self._contents(place))
        floor = self.world.on(self.world.here)
        parts += [say("scene.floor", things=", ".join(floor))] if floor else []
        held = self.world.on(HANDS)
        parts += [say("scene.held", things=", ".join(held))] if held else []
        exits = self.world.exits()
        parts += [say("scene.exits", rooms=", ".join(exits))] if exits else []
        return self.protocol.words["joiner"].replace("/", "\n").join(parts)

    def _contents(self, place: Place) -> str:
        things = ", ".join(self.world.on(place.name)) or self.protocol.words["nothing"]
        if self.world.is_closed(place):
            return self.protocol.say("scene.closed", place=place.name)
        return self.protocol.say("scene.inside" if place.container else "scene.top", place=place.name, things=things)

    def metrics(self) -> dict[str, float]:
        """The share of goals that hold."""
        goals = len(self.instance.layout.goals)
        return {
            "score": round(100 * self.world.achieved() / goals, 4),
            "Goals": self.world.achieved(),
            "Turns": self.turns,
            "Failed Commands": self.failed_commands,
        }

    def write(self, verb: Verb, first: str = "", second: str = "") -> str:
        """A command in this instance's words."""
        name = self.protocol.words[f"verb.{verb}"]
        if verb != "put":
            return f"{name} {first}".strip()
        container = any(own.name == second and own.container for own in self.instance.layout.places)
        return f"{name} {first} {'in' if container else 'on'} {second}"

    def _reply(self, action: str, plan: str) -> str:
        fields = {"action": action}
        if "plan" in self.protocol.forms["act"].slots:
            fields["plan"] = plan
        return self.protocol.render(Move(name="act", fields=fields))

    def expert(self, role: str) -> str:
        """The next command of a shortest plan."""
        command = self.world.next_command()
        return self._reply(self.write(*command), self.write(*self._after(command).next_command()))

    def demonstrate(self, role: str) -> str:
        """The next command as far as one can know what is where."""
        command = sensible_command(self.world, self.seen)
        after = self._after(command)
        return self._reply(self.write(*command), self.write(*sensible_command(after, self.seen | {after.here})))

    def _after(self, command: Command) -> World:
        """The world after a command."""
        ahead = World(self.instance.layout, self.world.here, dict(self.world.where), set(self.world.opened))
        if command[0] != "done":
            ahead.do(*command)
        return ahead

    def blunders(self, role: str) -> dict[str, str]:
        """Broken forms, and dawdling until the turns are used up."""
        action = self.protocol.words["verb.look"]
        look = self._reply(action, action)
        return {"turns.used_up": look} | self.form_blunders(role, self.protocol.parse(look, ("act",)))
