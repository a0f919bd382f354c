"""What the page shows of an episode: its steps in order, with what each player saw, thought and said.

Knows the arena's record and the agent's trace; knows no page.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from games.arena.episode import Episode, EpisodeKey, Json

SLOW_MS = 100.0
"""A turn whose symbolic part takes longer counts as slow."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Note(_Record):
    """Something that the game master wrote down: a move, a reward, a violation, the end."""

    kind: str = Field(description="The event's type.")
    text: str = Field(description="Its content, as text.")


class Step(_Record):
    """One reply, with what came before it and how it came about."""

    player: str = Field(description="Who spoke.")
    role: str = Field(description="In which role.")
    round: int = Field(description="The game's round, counted from 0.")
    heard: tuple[str, ...] = Field(description="Messages to this player since its last reply, oldest first.")
    reply: str = Field(description="What it said.")
    events: tuple[dict[str, Any], ...] = Field(default=(), description="The trace's events; none for a bare model.")
    notes: tuple[Note, ...] = Field(default=(), description="What the game master wrote down after the reply.")
    history: int = Field(default=0, description="Messages of its transcript that the player was given, the last ones.")
    seconds: float = Field(default=0.0, description="Wall time of the reply.")
    symbolic_ms: float = Field(default=0.0, description="The part of it outside the language model, milliseconds.")
    tokens: int = Field(default=0, description="Tokens generated.")

    @property
    def repaired(self) -> bool:
        """Whether a draft was rejected on the way."""
        return any(event.get("kind") == "rejected" for event in self.events)


class Summary(_Record):
    """One line of the list of episodes."""

    game: str = Field(description="Name of the game.")
    experiment: str = Field(description="Name of the experiment.")
    game_id: int = Field(description="Number of the instance.")
    label: str = Field(description="Who played.")
    status: Literal["played", "aborted", "error", "running"] = Field(description="How it ended, if it did.")
    success: bool | None = Field(default=None, description="Whether the goal was reached.")
    quality: float | None = Field(default=None, description="Main score, 0 to 100.")
    error: str = Field(default="", description="What broke, in one line.")
    steps: int = Field(description="Replies.")
    repaired: int = Field(description="Replies of which a draft was rejected.")
    slow: int = Field(description=f"Replies whose symbolic part took more than {SLOW_MS:.0f} ms.")
    tokens: int = Field(description="Tokens generated.")
    seconds: float = Field(description="Seconds in the models.")


class View(_Record):
    """One episode, ready to be shown."""

    summary: Summary = Field(description="Its line in the list.")
    roles: dict[str, str] = Field(description="Player to role and model.")
    instance: dict[str, Any] = Field(description="The instance that was played.")
    steps: tuple[Step, ...] = Field(description="Its replies, in order.")
    opening: tuple[Note, ...] = Field(description="What the game master wrote down before the first reply.")


def view(episode: Episode) -> View:
    """An arena episode as the page shows it."""
    outcome = episode.outcome
    ended = {
        "status": outcome.status.value,
        "success": outcome.success,
        "quality": outcome.quality,
        "error": outcome.error,
        "tokens": outcome.usage.tokens,
        "seconds": outcome.usage.seconds,
    }
    return _view(outcome.key, episode.game_instance, (episode.interactions, episode.requests), ended)


def view_running(key: EpisodeKey, instance: Mapping[str, Any], so_far: tuple[Json, Json]) -> View:
    """An episode that is still being played.

    Args:
        key: which one.
        instance: what is being played.
        so_far: its interactions and requests by now.
    """
    return _view(key, instance, so_far, {"status": "running"})


def _view(key: EpisodeKey, instance: Mapping[str, Any], log: tuple[Json, Json], ended: dict[str, Any]) -> View:
    opening, steps = _steps(*log)
    counted = {"tokens": sum(step.tokens for step in steps), "seconds": sum(step.seconds for step in steps)}
    summary = Summary(
        game=key.game,
        experiment=key.experiment,
        game_id=key.game_id,
        label=key.label,
        steps=len(steps),
        repaired=sum(step.repaired for step in steps),
        slow=sum(step.symbolic_ms > SLOW_MS for step in steps),
        **counted | ended,
    )
    return View(
        summary=summary,
        roles=_roles(log[0]),
        instance=dict(instance),
        steps=tuple(steps),
        opening=tuple(opening),
    )


def _roles(interactions: Mapping[str, Any]) -> dict[str, str]:
    players = interactions.get("players") or {}
    return {
        str(name): " · ".join(str(who[key]) for key in ("game_role", "model_name") if who.get(key))
        for name, who in players.items()
        if isinstance(who, Mapping) and name != "GM"
    }


def _steps(interactions: Mapping[str, Any], requests: Mapping[str, Any]) -> tuple[list[Note], list[Step]]:
    """Reads the game master's log: messages gather until their player replies, other entries are notes on a reply."""
    calls = {name: iter(_calls(of)) for name, of in requests.items()}
    roles = {name: text.split(" · ")[0] for name, text in _roles(interactions).items()}
    heard: dict[str, list[str]] = {}
    opening: list[Note] = []
    steps: list[Step] = []
    rounds: Sequence[Sequence[Mapping[str, Any]]] = interactions.get("turns") or []
    for round_number, events in enumerate(rounds):
        for event in events:
            sender, receiver = str(event.get("from")), str(event.get("to"))
            action = event.get("action") or {}
            if sender == "GM" and receiver in roles:
                heard.setdefault(receiver, []).append(_text(action.get("content")))
            elif sender in roles:
                steps.append(
                    Step(
                        player=sender,
                        role=roles[sender],
                        round=round_number,
                        heard=tuple(heard.pop(sender, ())),
                        reply=_text(action.get("content")),
                        **next(calls[sender], {}) if sender in calls else {},
                    )
                )
            else:
                note = Note(kind=str(action.get("type")), text=_text(action.get("content")))
                if steps:
                    steps[-1] = steps[-1].model_copy(update={"notes": (*steps[-1].notes, note)})
                else:
                    opening.append(note)
    return opening, steps


def _calls(of_player: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What each call of a player cost, and its trace, in order."""
    for entry in of_player.get("calls") or ():
        call = entry.get("call") or {}
        response = call.get("raw_response_obj") or {}
        prompt = call.get("manipulated_prompt_obj")
        trace = response.get("trace") or {}
        yield {
            "events": tuple(trace.get("events") or ()),
            "history": int(prompt.get("messages") or 0) if isinstance(prompt, Mapping) else 0,
            "seconds": float(response.get("seconds") or 0.0),
            "symbolic_ms": 1000.0 * float(response.get("symbolic_seconds") or 0.0),
            "tokens": int((response.get("usage") or {}).get("completion_tokens") or 0),
        }


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return ", ".join(f"{key}: {_text(value)}" for key, value in content.items())
    return str(content)
