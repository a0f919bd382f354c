"""How well a model plays the practice games alone, without Ludens around it: what a run is steered by.

The weights are written as a GGUF and played through llama.cpp where that is possible (on a CPU four times as fast as
transformers), else as they are. Validation instances only; the test split stays unseen.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from transformers import PreTrainedTokenizerFast

from agent.config import AgentConfig
from agent.models import hf_file
from agent.models.engine import Parts
from agent.models.engine_model import EngineModel
from agent.models.hf_engine import HfEngine
from agent.models.language_model import LanguageModel
from agent.models.locate import load
from trainer.early_stopping import SCORE
from trainer.export import gguf_of
from trainer.lora import Trainable, base_of
from trainer.packed_attention import usual_attention
from trainer.rollout_plan import PlayerSpec, RolloutPlan, chunks, jobs
from trainer.rollout_play import ModelPlayer, Seated
from trainer.run_config import Validation
from trainer.samples import Trajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class GameScore:
    """How the episodes of one game ended.

    Attributes:
        episodes: how many have an end.
        played: share of them that was not aborted, 0 to 100.
        quality: mean main score of those, 0 to 100; None without any.
    """

    episodes: int
    played: float
    quality: float | None


def game_scores(trajectories: Sequence[Trajectory]) -> dict[str, GameScore]:
    """The score of every game, by name."""
    by_game: dict[str, list[Trajectory]] = {}
    for trajectory in trajectories:
        by_game.setdefault(trajectory.id.game, []).append(trajectory)
    found: dict[str, GameScore] = {}
    for game, ended in sorted(by_game.items()):
        qualities = [one.quality for one in ended if one.quality is not None]
        found[game] = GameScore(
            episodes=len(ended),
            played=100 * len(qualities) / len(ended),
            quality=fmean(qualities) if qualities else None,
        )
    return found


def clemscore(games: Mapping[str, GameScore]) -> tuple[float, float, float]:
    """(clemscore, % played, quality) as clemcore computes them; zeros without any episode."""
    if not games:
        return 0.0, 0.0, 0.0
    played = fmean(game.played for game in games.values())
    qualities = [game.quality for game in games.values() if game.quality is not None]
    quality = fmean(qualities) if qualities else 0.0
    return played * quality / 100, played, quality


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeValidator:
    """Plays practice games with the weights as they are.

    Attributes:
        settings: what to play.
        base: the weights that training began with, as after --model.
        keep_default_system: as in training.
        batch: episodes side by side.
    """

    settings: Validation
    base: str
    keep_default_system: bool = False
    batch: int = 4

    def score(self, model: Trainable, tokenizer: PreTrainedTokenizerFast) -> dict[str, float]:
        """The clemscore, % played and quality, and the clemscore of every game."""
        with playable(model, tokenizer, self.base, keep_default_system=self.keep_default_system) as player:
            games = game_scores(self.play(player))
        total, played, quality = clemscore(games)
        single = {f"game/{name}": clemscore({name: game})[0] for name, game in games.items()}
        return {SCORE: total, "practice_played": played, "practice_quality": quality, **single}

    def play(self, model: LanguageModel) -> list[Trajectory]:
        """The episodes, all roles by the bare model, greedily."""
        agent = AgentConfig(max_reply_tokens=self.settings.max_tokens, seed=self.settings.seed)
        bare = PlayerSpec(kind="bare", agent=agent)
        plan = RolloutPlan(
            games=self.settings.games,
            count=self.settings.instances,
            split="validation",
            seed=self.settings.seed,
            learner=bare,
            traces=False,
        ).checked()
        seated = Seated(plan=plan, players=[ModelPlayer(bare, model)])
        played = [one for chunk in chunks(jobs(plan), self.batch) for one in seated(chunk)]
        broken = [one for one in played if not isinstance(one, Trajectory)]
        assert not broken, f"an episode broke: {broken[0]}"
        return [one for one in played if isinstance(one, Trajectory)]


@contextmanager
def playable(
    model: Trainable, tokenizer: PreTrainedTokenizerFast, base: str, *, keep_default_system: bool = False
) -> Iterator[LanguageModel]:
    """A model in the middle of its training, as something that plays."""
    was_training = model.training
    model.eval()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            on_cpu = next(model.parameters()).device.type == "cpu"
            file = gguf_of(model, base, Path(scratch) / "now.gguf") if on_cpu else None
            if file is not None:
                player = load(str(file), keep_default_system=keep_default_system)
                try:
                    yield player
                finally:
                    player.close()  # pyright: ignore[reportAttributeAccessIssue]
            else:
                with usual_attention(base_of(model)):
                    yield in_memory(model, tokenizer, keep_default_system=keep_default_system)
    finally:
        model.train(was_training)


def in_memory(
    model: Trainable, tokenizer: PreTrainedTokenizerFast, *, keep_default_system: bool = False, sequences: int = 8
) -> EngineModel:
    """A transformers model that is held already, as a language model; it must have its usual attention."""
    return EngineModel(parts_of(model, tokenizer, keep_default_system=keep_default_system, sequences=sequences))


def parts_of(
    model: Trainable, tokenizer: PreTrainedTokenizerFast, *, keep_default_system: bool = False, sequences: int = 8
) -> Parts:
    """What a language model over held weights is made of."""
    vocabulary = hf_file.HfVocabulary(tokenizer)
    base = base_of(model)
    grammars, facts = hf_file.grammars_and_facts(base, tokenizer, vocabulary)
    window = int(getattr(base.config.get_text_config(), "max_position_embeddings", None) or 8192)
    engine = HfEngine(base, sequences=sequences, window_tokens=window)
    return Parts(
        engine=engine,
        embeddings=engine.embeddings,
        chat=hf_file.chat_encoder(tokenizer, vocabulary, keep_default_system=keep_default_system),
        vocabulary=vocabulary,
        facts=facts,
        grammars=grammars,
        window_tokens=window,
    )
