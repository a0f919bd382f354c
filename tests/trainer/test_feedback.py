import pytest

from trainer.feedback import Asked, Both, Received, Signs, received
from trainer.samples import EpisodeId, Trajectory, Turn, chat


def trajectory(*, replies, reactions, last="", player="bare"):
    """Two roles: a speaker whose turns are judged, and a hearer who reacts."""
    turns = []
    for index, reply in enumerate(replies):
        heard = chat([("user", "Name a colour that is not red, please.")]) if index == 0 else reactions[index - 1]
        turns.append(Turn(role="speaker", player=player, keeps=2 * index, heard=heard, reply=reply))
    if last:
        turns.append(Turn(role="hearer", player=player, keeps=0, heard=chat([("user", "x")]), reply=last))
    key = EpisodeId(game="any", level="one", split="train", seed=1, index=0, label=player)
    return Trajectory(id=key, outcome="won", quality=100, turns=tuple(turns), protocol="p", instance="{}")


def said(text):
    return chat([("user", text)])


def test_the_reaction_is_what_is_heard_next_and_at_the_end_what_others_say():
    one = trajectory(replies=["blue", "green"], reactions=[said("No, that is wrong.")], last="Yes, correct!")
    first, second = (turn for _, turn in received(one, "speaker"))
    assert (first.reply, first.reaction) == ("blue", "No, that is wrong.")
    assert (second.reply, second.reaction) == ("green", "Yes, correct!")
    assert [message.content for message in second.context][1:] == ["blue", "No, that is wrong."]


@pytest.mark.parametrize(
    ("reaction", "feeling"),
    [
        ("Correct, well done!", "positive"),
        ("That is not a valid reply. Try again.", "negative"),
        ("You see a door and a lamp.", "neutral"),
        ("", "neutral"),
        ("Name a colour that is not red, please.", "negative"),  # the same request once more
    ],
)
def test_signs(reaction, feeling):
    turn = Received(context=said("Name a colour that is not red, please."), reply="red", reaction=reaction)
    assert Signs().feelings([turn]) == [feeling]


class Preset:
    """A language model that likes one answer whatever it reads, and a word of the text on top."""

    def __init__(self):
        self.calls = 0

    def score(self, messages, continuations):
        self.calls += 1
        liking = {"positive": 3.0, "neutral": 1.0, "negative": 0.0}
        text = messages[-1].content
        hint = "negative" if "hmpf" in text else "positive" if "hurray" in text else ""
        return [liking[word] + 2 * (word == hint) for word in continuations]


def test_a_models_liking_for_a_word_is_taken_off():
    judge = Asked(Preset())
    turns = [Received(context=said("q"), reply="r", reaction=text) for text in ("hmpf", "hurray", "well, er")]
    assert judge.feelings(turns) == ["negative", "positive", "neutral"]


def test_the_model_is_asked_only_where_there_are_no_signs():
    model = Preset()
    turns = [Received(context=said("q"), reply="r", reaction=text) for text in ("Correct!", "hmpf")]
    assert Both(Asked(model)).feelings(turns) == ["positive", "negative"]
    assert model.calls == 2  # once without content, once for the second turn
