"""A chat beyond the window is served from memory."""

import pytest

from agent.agent import Agent
from agent.config import AgentConfig
from agent.errors import UserError
from agent.fold import Fold, normalise
from agent.models.chat import checked, noted
from agent.models.language_model import Sampling
from agent.models.scripted import ScriptedModel
from agent.models.window import NOTE_SHARE, fit
from agent.recall import LONG_CHARACTERS, Recall
from agent.transcript import Message

FILLER = "The wind blows and nothing else happens in this place. "


def story(turns: int) -> list[Message]:
    """A game in which the second message says something that matters at the end."""
    chat = [Message(role="user", content="A story game. Remember everything that you are told.")]
    for turn in range(turns):
        told = "vault code: seven four one\nThe keeper's name is Ottilie." if turn == 0 else f"Day {turn}. {FILLER * 4}"
        chat += [Message(role="assistant", content=f"I listen, day {turn}."), Message(role="user", content=told)]
    return [*chat, Message(role="assistant", content="Yes."), Message(role="user", content="What was the vault code?")]


def words(messages) -> list[str]:
    return [word for message in messages for word in ("<", message.role, *message.content.split())]


def count(text: str) -> int:
    return len(text.split())


def test_what_was_dropped_is_said_by_memory() -> None:
    transcript = normalise(story(60))
    note = Recall().note(Fold().session(transcript))
    window = fit(transcript, budget=400, encode=lambda chat: list(words(chat)), count=count, note=noted(note))
    shown = " ".join(window.ids)
    assert window.dropped > 0 and len(window.ids) <= 400
    assert "vault code: seven four one" in shown  # the message itself is gone
    assert "vault code: seven four one" not in " ".join(message.content for message in window.messages[:-1])
    assert shown.index("left out here") < shown.index("What was the vault code?")


def test_a_note_goes_unread_where_there_is_room() -> None:
    transcript = normalise(story(60))
    note = Recall().note(Fold().session(transcript))
    window = fit(transcript, budget=100_000, encode=lambda chat: list(words(chat)), count=count, note=noted(note))
    assert window.ids == words(transcript)


def test_a_note_takes_a_share_of_the_window_and_no_more() -> None:
    chat = checked([Message(role=("user", "assistant")[i % 2], content=f"turn{i} " + "x " * 20) for i in range(41)])
    window = fit(chat, budget=300, encode=lambda each: list(words(each)), count=count, note="remember " * 5_000)
    assert len(window.ids) <= 300
    assert 10 < window.ids.count("remember") <= 300 // NOTE_SHARE
    assert "turn0" in window.ids and "turn40" in window.ids


def test_short_chats_have_no_note_and_notes_are_no_messages() -> None:
    short = normalise(story(1))
    assert sum(len(message.content) for message in short) < LONG_CHARACTERS
    assert Recall().note(Fold().session(short)) == ()
    with pytest.raises(UserError, match="chat is empty"):
        checked([Message(role="note", content="nothing said")])


def test_the_agent_sends_its_note_along_once_per_draft() -> None:
    model = ScriptedModel(["It was seven four one."])
    decision = Agent(model, AgentConfig(embedder="none", assisted_reading=False)).act(story(60))
    assert decision.reply == "It was seven four one."
    asked, _, _ = model.calls[0]
    notes = [message for message in asked if message.role == "note"]
    assert len(notes) == 1 and "seven four one" in notes[0].content
    assert [message for message in asked if message.role != "note"] == story(60)


@pytest.mark.model
def test_a_small_window_answers_from_what_it_no_longer_holds() -> None:
    from agent.models.locate import load

    try:
        model = load("embedded", context_tokens=768)
    except UserError as error:
        pytest.skip(str(error))
    chat = story(60)
    note = Recall().note(Fold().session(normalise(chat)))
    plain = model.complete(chat, None, Sampling(max_tokens=12))
    told = model.complete((*note, *chat), None, Sampling(max_tokens=12))
    assert plain.truncated_messages > 0 and told.truncated_messages > 0
    assert told.prompt_tokens <= 768
    assert "seven" in told.text.casefold() and "seven" not in plain.text.casefold()
