import pytest

from agent.errors import UserError
from trainer.feedback import Signs
from trainer.retrospect import decoded, train
from trainer.run_config import Adapter, Optimiser, RetrospectConfig, Saving
from trainer.samples import EpisodeId, Trajectory, Turn, chat
from trainer.store import TrajectoryStore


def game(number: int, player: str = "bare") -> Trajectory:
    """Two turns: the first is refused, the second welcomed."""
    first = Turn(
        role="guesser", player=player, keeps=0, heard=chat([("user", f"Guess {number}.")]), reply=f"word {number}"
    )
    second = Turn(
        role="guesser", player=player, keeps=2, heard=chat([("user", "Wrong, that is not it.")]), reply="hello"
    )
    third = Turn(role="judge", player=player, keeps=0, heard=chat([("user", "hello")]), reply="Yes, correct!")
    key = EpisodeId(game="any", level="one", split="train", seed=1, index=number, label=player)
    return Trajectory(
        id=key, outcome="won", quality=100, turns=(first, second, third), protocol="p", instance="{}"
    )


@pytest.fixture
def store(tmp_path):
    folder = tmp_path / "store"
    with TrajectoryStore.open(folder) as made:
        made.introduce("bare", {})
        for number in range(40):
            made.save(game(number))
    return folder


def config(tiny_model, store, out, **changes):
    settings = {
        "model": str(tiny_model),
        "store": store,
        "out": out,
        "budget_tokens": 20000,
        "batch_tokens": 128,
        "max_tokens": 128,
        "judge": "rules",
        "epochs": 3,
        "adapter": Adapter(rank=4, alpha=8),
        "optimiser": Optimiser(learning_rate=0.01),
        "saving": Saving(every_steps=10, milestones=(1.0,)),
    }
    return RetrospectConfig(**{**settings, **changes})


def test_every_turn_gets_the_reward_of_its_reception(tiny_model, store, tmp_path):
    settings = config(tiny_model, store, tmp_path / "run")
    found = decoded([game(1)], Signs(), settings)
    (guesser,) = [one for one in found if one.sample.origin.role == "guesser"]
    assert guesser.feelings == ("negative", "positive")
    assert guesser.rewards == (-0.1, 1.0)
    assert [guesser.sample.messages[index].content for index in guesser.sample.trained] == ["word 1", "hello"]


def test_scripted_players_are_not_learnt_from(tiny_model, store, tmp_path):
    assert decoded([game(1, "expert")], Signs(), config(tiny_model, store, tmp_path / "run")) == []


@pytest.mark.parametrize("method", ["filter", "reinforce", "kto"])
def test_ten_steps(method, tiny_model, store, tmp_path):
    result = train(config(tiny_model, store, tmp_path / "run", method=method))
    assert result.steps >= 10
    assert result.tokens <= 20000
    assert (tmp_path / "run" / "final" / "adapter_model.safetensors").is_file()


def test_an_empty_store_is_refused(tiny_model, tmp_path):
    with pytest.raises(UserError, match="holds no trajector"):
        train(config(tiny_model, tmp_path / "none", tmp_path / "run"))
    with TrajectoryStore.open(tmp_path / "bare"):
        pass
    with pytest.raises(UserError, match="holds no trajectory"):
        train(config(tiny_model, tmp_path / "bare", tmp_path / "run"))
