"""Act: reaching stated goals in a world that is told in words.

Reads the goals, keeps a believed world, learns what its verbs do, walks, opens,
takes and puts by the shortest known way, explores for what is missing, and ends
the game when the goals hold. Knows no game and no single wording.
"""

from dataclasses import dataclass
from functools import lru_cache

from memory.events import Event, Source
from planner.act_belief import Belief, Deed, apply, believe, phrases
from planner.act_form import Place, command_place
from planner.act_plan import Step, holds, next_steps
from planner.act_words import Role
from planner.goals import Goal, read_goals
from planner.session import Option, Proposal, Session

PATIENCE = 48
"""Own turns after which the game is ended where no limit is stated: most unstated limits lie above."""

AHEAD = 5
"""Commands of a plan that are written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The policy for text adventures."""

    name: str = "act"

    def fits(self, session: Session) -> float:
        """High when goals are stated, the scene was understood and a reply form takes a command."""
        prompt = _prompt(session)
        if prompt is None or not read_goals(prompt.text) or command_place(session.rulebook.forms) is None:
            return 0.0
        belief = _belief(session.memory.events)
        world = belief.world
        if not world.here or not (world.ways or world.where):
            return 0.0
        if len(belief.words.verbs) > 2 or "adventure" in prompt.text.casefold():
            return 0.97
        named = {name for goal in read_goals(prompt.text) for name in (goal.thing, goal.place)}
        return 0.7 if world.ways and named & set(world.where) else 0.0

    def propose(self, session: Session) -> Proposal:
        """The next command, and behind it the others worth trying."""
        prompt, place = _prompt(session), command_place(session.rulebook.forms)
        if prompt is None or place is None:
            return Proposal(policy=self.name)
        belief, goals = _belief(session.memory.events), read_goals(prompt.text)
        limit = session.rulebook.turn_limit or PATIENCE
        options: list[Option] = []
        for number, (command, step) in enumerate(_commands(belief, goals, limit)[:4]):
            fills = {place.action: command}
            if place.plan is not None:
                plan = _plan_text(belief, goals, step, place)
                if place.behind is None:
                    fills[place.plan.name] = plan
                else:
                    fills[place.action] = f"{command}\n{place.behind.render({place.plan.name: plan})}"
            options.append(
                Option(form=place.form, fills=fills, score=1.0 - 0.1 * number, reason=step.reason, certain=number == 0)
            )
        return Proposal(policy=self.name, options=tuple(options))


def _prompt(session: Session) -> Event | None:
    return next((event for event in session.memory.events if event.source is Source.GAME), None)


@lru_cache(maxsize=64)
def _belief(events: tuple[Event, ...]) -> Belief:
    return believe(events)


def _commands(belief: Belief, goals: tuple[Goal, ...], limit: int) -> list[tuple[str, Step]]:
    """Commands worth giving now, best first."""
    ending = [
        (text, Step(deed=Deed(role=Role.DONE), cost=0, reason="Everything is where it belongs."))
        for text in phrases(belief, Deed(role=Role.DONE))[:1]
    ]
    stated = bool(belief.words.of(Role.DONE))
    looking = [
        (text, Step(deed=Deed(role=Role.LOOK), cost=9, reason="A look around."))
        for text in phrases(belief, Deed(role=Role.LOOK))[:1]
    ]
    if stated and (belief.turns + 1 >= limit or all(holds(belief.world, goal) for goal in goals)):
        return ending
    found: dict[str, Step] = {}
    for step in next_steps(belief, goals):
        for text in phrases(belief, step.deed):
            if not belief.is_banned(text):
                found.setdefault(text, step)
                break
    steps = list(found.items())
    if steps:
        return [*steps, *looking]
    again = _once_more(belief)
    if stated and all(belief.seen.get(room, 0) > belief.changed for room in belief.world.ways):
        return ending
    return [*again, *looking] or ending


def _once_more(belief: Belief) -> list[tuple[str, Step]]:
    """Towards the room that was described longest ago: something must have been overlooked."""
    world = belief.world
    ways = world.distances(world.here)
    rooms = sorted(
        (room for room in ways if room != world.here), key=lambda room: (belief.seen.get(room, 0), ways[room])
    )
    found: list[tuple[str, Step]] = []
    for room in rooms:
        step = Step(deed=Deed(role=Role.GO, thing=ways[room][1]), cost=1, reason="Something may have been overlooked.")
        found += [(text, step) for text in phrases(belief, step.deed)[:1] if not belief.is_banned(text)]
    return found[:2]


def _plan_text(belief: Belief, goals: tuple[Goal, ...], step: Step, place: Place) -> str:
    """The commands that would follow a step, as the plan slot writes them."""
    ahead = _foreseen(belief, goals, step)
    separator = place.plan.separator if place.plan is not None else ", "
    return separator.join(ahead or phrases(belief, Deed(role=Role.LOOK))[:1])


def _foreseen(belief: Belief, goals: tuple[Goal, ...], step: Step) -> list[str]:
    """The commands after a step, as far as they can be foreseen."""
    dream = Belief(
        world=belief.world.copy(),
        words=belief.words,
        dead=belief.dead,
        learnt=belief.learnt,
        effects=belief.effects,
        turns=belief.turns,
    )
    found: list[str] = []
    apply(dream.world, step.deed)
    while len(found) < AHEAD:
        if dream.world.here not in dream.world.ways:
            break
        steps = next_steps(dream, goals)
        following = steps[0].deed if steps else Deed(role=Role.DONE)
        words = phrases(dream, following)[:1]
        if not words or (not steps and not belief.words.of(Role.DONE)):
            break
        found += words
        if not steps:
            break
        apply(dream.world, following)
    return found
