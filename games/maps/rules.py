"""The rules of map navigation."""

import json
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from games.instances import Instance
from games.maps.building import DIRECTIONS, Building, best_steps, first_step_towards
from games.maps.sketch import Sketch, read_sketch, similarity, write_sketch
from games.practice import PracticeMaster, RuleBroken
from games.protocol.forms import Move

EXPLORE_LEVELS = ("small", "medium", "large", "loops", "vast", "twins")
GRAPH_LEVELS = ("small", "medium", "large", "loops", "vast")
ROOM_LEVELS = ("near", "middle", "far", "loops")


class MapInstance(Instance):
    """One building to explore."""

    building: Building
    """Rooms and doors."""
    max_turns: int = Field(default=20, ge=2, le=100)
    """Replies allowed."""
    blocked: Literal["stay", "abort"] = "stay"
    """What follows when the way chosen has no door."""


class FindRoomInstance(MapInstance):
    """One building in which a room is to be found."""

    goal: int = Field(ge=0)
    """Index of the room."""

    @model_validator(mode="after")
    def _goal_exists(self) -> "FindRoomInstance":
        if self.goal >= len(self.building.rooms) or self.goal == self.building.start:
            raise ValueError("goal must be a room of the building other than the start")
        return self


def harmonic_mean(efficiency: float, completeness: float) -> float:
    """The harmonic mean of two percentages."""
    total = efficiency + completeness
    return 2 * efficiency * completeness / total if total else 0.0


class MapMaster(PracticeMaster):
    """Leads an explorer through a building."""

    instance_type = MapInstance
    roles: ClassVar[tuple[str, ...]] = ("explorer",)

    def prepare(self) -> None:
        """The explorer stands in the first room."""
        self.building = self.instance.building
        self.here = self.building.start
        self.visited = {self.here}
        self.walk = [self.here]
        self.good_steps: list[bool] = []
        self.turns = 0
        self._tell("start")

    def allowed(self, role: str) -> tuple[str, ...]:
        """Walking and stopping."""
        return ("go", "stop")

    def play(self, role: str, move: Move) -> None:
        """Walks or stops."""
        if move.name == "stop":
            self.turns += 1
            self.stop()
            return
        ways = {self.protocol.words[name].casefold(): name for name in DIRECTIONS}
        self.go(ways[move["direction"].casefold()])

    def go(self, way: str) -> None:
        """Walks through a door, or bumps into a wall."""
        exits = self.building.exits(self.here)
        if way not in exits and self.instance.blocked == "abort":
            raise RuleBroken("go.no_door", f"there is no way {self.protocol.words[way]} from here")
        self.turns += 1
        if way not in exits:
            self.reward("explorer", -0.1, "no door there")
            self.log_to_self("blocked", {"way": way, "room": self.here})
            self._next("blocked", way=self.protocol.words[way])
            return
        self._step(exits[way])
        self._next("moved", way=self.protocol.words[way])

    def _step(self, room: int) -> None:
        good = room in best_steps(self.building, self.here, self.visited)
        new = room not in self.visited
        self.good_steps.append(good)
        self.log_to_self("step", {"from": self.here, "to": room, "good": good})
        self.reward("explorer", self.step_reward(room, new, good), "new room" if new else "known room")
        self.here = room
        self.visited.add(room)
        self.walk.append(room)

    def step_reward(self, room: int, new: bool, good: bool) -> float:
        """Progress of exploration."""
        return (1 / len(self.building.rooms) if new else 0.0) + (0.05 if good else -0.05)

    def _next(self, key: str, **values: object) -> None:
        if self.turns >= self.instance.max_turns:
            self.give_up("turns.used_up")
        else:
            self._tell(key, **values)

    def _tell(self, key: str, **values: object) -> None:
        words = self.protocol.words
        exits = words["joiner"].join(words[way] for way in self.exits_in_order())
        left = self.instance.max_turns - self.turns
        self.tell("explorer", key, room=self.building.rooms[self.here].name, exits=exits, left=left, **values)

    def exits_in_order(self) -> list[str]:
        """The exits of the room, in the order of this instance."""
        exits = self.building.exits(self.here)
        return [way for way in self.protocol.words["order"].split() if way in exits]

    def stop(self) -> None:
        """Judges the end of the exploration."""
        rooms = len(self.building.rooms)
        if len(self.visited) == rooms:
            self.reward("explorer", 0.5, "complete")
            self.win()
        else:
            self.reward("explorer", -(rooms - len(self.visited)) / rooms, "stopped early")
            self.lose("stop.incomplete")

    def metrics(self) -> dict[str, float]:
        """Efficiency, completeness and their harmonic mean."""
        efficiency = 100 * sum(self.good_steps) / len(self.good_steps) if self.good_steps else 0.0
        completeness = 100 * len(self.visited) / len(self.building.rooms)
        return {
            "score": harmonic_mean(efficiency, completeness),
            "Efficiency": efficiency,
            "Completeness": completeness,
            "Moves": len(self.good_steps),
        }

    def write_go(self, way: str) -> str:
        """A step in this instance's form."""
        return self.protocol.render(Move(name="go", fields={"direction": self.protocol.words[way]}))

    def write_stop(self) -> str:
        """The end in this instance's form."""
        return self.protocol.render(Move(name="stop"))

    def expert_room(self) -> int | None:
        """Where an expert goes next; None to stop."""
        best = best_steps(self.building, self.here, self.visited)
        return min(best) if best else None

    def expert(self, role: str) -> str:
        """Walks as `expert_room` says."""
        return self._write_walk(self.expert_room())

    def _write_walk(self, room: int | None) -> str:
        """A step to a neighbouring room, or the end."""
        if room is None:
            return self.write_stop()
        return self.write_go(next(way for way, other in self.building.exits(self.here).items() if other == room))

    def blunders(self, role: str) -> dict[str, str]:
        """Walls where they end the game, and broken forms."""
        exits = self.building.exits(self.here)
        found: dict[str, str] = {}
        walls = [way for way in DIRECTIONS if way not in exits]
        if walls and self.instance.blocked == "abort":
            found["go.no_door"] = self.write_go(walls[0])
        way = next(iter(exits))
        return found | self.form_blunders(role, self.protocol.parse(self.write_go(way), self.allowed(role)))


class ExploreMaster(MapMaster):
    """Visit every room."""

    levels = EXPLORE_LEVELS


class FindRoomMaster(MapMaster):
    """Find one room and stop there."""

    instance_type = FindRoomInstance
    instance: FindRoomInstance
    levels = ROOM_LEVELS

    def step_reward(self, room: int, new: bool, good: bool) -> float:
        """Reaching the room, or at least seeing something new."""
        if room == self.instance.goal:
            return 0.5
        return 0.05 if new else -0.05

    def stop(self) -> None:
        """Right only in the room that was asked for."""
        if self._at_goal():
            self.reward("explorer", 1.0, "found")
            self.win()
        else:
            self.reward("explorer", -1.0, "stopped elsewhere")
            self.lose("stop.elsewhere")

    def _at_goal(self) -> bool:
        return self.here == self.instance.goal

    def metrics(self) -> dict[str, float]:
        """100 for stopping in the room, else 0."""
        return super().metrics() | {"score": 100.0 if self._ended.get("outcome") == "won" else 0.0}

    def expert_room(self) -> int | None:
        """The shortest way to the room."""
        return None if self._at_goal() else first_step_towards(self.building, self.here, self.instance.goal)

    def demonstrate(self, role: str) -> str:
        """Looks for the room where nobody has been yet."""
        return self._write_walk(None if self._at_goal() else super().expert_room())


class GraphMaster(MapMaster):
    """Visit every room and draw the map in every reply."""

    levels = GRAPH_LEVELS

    def prepare(self) -> None:
        """Starts with an empty sheet."""
        self.similarities: list[float] = []
        super().prepare()

    def allowed(self, role: str) -> tuple[str, ...]:
        """One reply that holds step and drawing."""
        return ("act",)

    def play(self, role: str, move: Move) -> None:
        """Looks at the drawing, then walks or stops."""
        drawn = read_sketch(move["graph"], self.protocol.words)
        if drawn is None:
            raise RuleBroken(
                "graph.layout",
                "the map is not in the layout that was asked for",
                consequence="retry",
                retries=self.protocol.strictness.retries,
            )
        self.similarities.append(similarity(drawn, self.whole()))
        known = similarity(drawn, self.known())
        self.log_to_self("graph", {"similarity": self.similarities[-1], "of_known": known})
        self.reward("explorer", 0.1 * known / 100, "drawing")
        step = move["step"].removeprefix(self.protocol.words["prefix"]).casefold()
        ways = {self.protocol.words[name].casefold(): name for name in DIRECTIONS}
        if step in ways:
            self.go(ways[step])
        else:
            self.turns += 1
            self.stop()

    def _sketch(self, rooms: list[int], doors: list[tuple[int, int]]) -> Sketch:
        names = [self.building.rooms[room].name for room in rooms]
        links: list[tuple[str, str, str]] = []
        for one, other in doors:
            way = next(name for name, room in self.building.exits(one).items() if room == other)
            links.append((self.building.rooms[one].name, self.protocol.words[way], self.building.rooms[other].name))
        return Sketch(rooms=tuple(names), links=tuple(links))

    def whole(self) -> Sketch:
        """The true map."""
        return self._sketch(list(range(len(self.building.rooms))), list(self.building.doors))

    def known(self) -> Sketch:
        """What has been walked so far."""
        doors: list[tuple[int, int]] = []
        for one, other in zip(self.walk, self.walk[1:], strict=False):
            if (one, other) not in doors and (other, one) not in doors:
                doors.append((one, other))
        return self._sketch(list(dict.fromkeys(self.walk)), doors)

    def metrics(self) -> dict[str, float]:
        """As in exploration, with the likeness of the last drawing to the true map."""
        return super().metrics() | {"Graph Similarity": round(self.similarities[-1], 4) if self.similarities else 0.0}

    def _write(self, step: str) -> str:
        graph = write_sketch(self.known(), self.protocol.words)
        return self.protocol.render(Move(name="act", fields={"step": step, "graph": graph}))

    def write_go(self, way: str) -> str:
        """A step with a drawing."""
        return self._write(self.protocol.words["prefix"] + self.protocol.words[way])

    def write_stop(self) -> str:
        """The end with a drawing."""
        return self._write(self.protocol.words["stop"])

    def blunders(self, role: str) -> dict[str, str]:
        """The same, and a map in another layout."""
        way = next(iter(self.building.exits(self.here)))
        step = self.protocol.words["prefix"] + self.protocol.words[way]
        wrong = self.protocol.render(Move(name="act", fields={"step": step, "graph": json.dumps({"map": 1})}))
        return super().blunders(role) | {"graph.layout": wrong}


MASTERS: dict[str, type[MapMaster]] = {
    "ludens_map": ExploreMaster,
    "ludens_map_graph": GraphMaster,
    "ludens_map_room": FindRoomMaster,
}
"""Game name to master."""
