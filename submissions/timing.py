"""How long a full evaluation takes: counts of calls and tokens, times what a machine computes a second.

Pure arithmetic. Two rates describe a machine and a model. Writing one token reads all weights once, so writing is
bound by memory: a step takes bytes / bandwidth, for one reply or for several side by side, until arithmetic takes
longer. Reading a prompt takes two operations per weight and token. Real programs reach only a part of what a data
sheet promises; the parts assumed here are stated beside the figures, and measured rates replace both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

REACHED_WRITING = 0.5
"""Part of the memory's bandwidth that decoding reaches: an assumption, usual for 7 to 9B models on one GPU."""
REACHED_READING = 0.4
"""Part of the arithmetic that reading prompts reaches: an assumption likewise."""
REPAIRS = 1.25
"""Tokens written by Ludens for each token of a reply where no plan settles it: drafts, refused ones included."""
SYMBOLIC_S = 0.02
"""Seconds of a turn outside the model: the 95th percentile measured in docs/LOG.md, so a cautious figure."""
MODEL_LOADING_S = 120.0
"""Seconds to load weights and warm up: an assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """What a data sheet says.

    Attributes:
        name: how people call it.
        bandwidth: of its memory, in bytes a second.
        operations: dense BF16 operations a second (FP16 where there is no BF16).
        memory: bytes.
    """

    name: str
    bandwidth: float
    operations: float
    memory: float


GPUS: Mapping[str, Gpu] = {
    gpu.name.casefold(): gpu
    for gpu in (
        Gpu(name="A100", bandwidth=2.039e12, operations=312e12, memory=80e9),
        Gpu(name="A100-40", bandwidth=1.555e12, operations=312e12, memory=40e9),
        Gpu(name="H100", bandwidth=3.35e12, operations=989e12, memory=80e9),
        Gpu(name="H200", bandwidth=4.8e12, operations=989e12, memory=141e9),
        Gpu(name="L4", bandwidth=0.3e12, operations=121e12, memory=24e9),
        Gpu(name="T4", bandwidth=0.32e12, operations=65e12, memory=16e9),
    )
}
"""NVIDIA's data sheets: A100 and H100 as SXM, without sparsity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one game asks of a model, as counted in recorded episodes.

    Attributes:
        instances: how many are played.
        calls: replies to one instance, all players together.
        prompt_tokens: tokens before the average reply.
        reply_tokens: tokens of the average reply.
    """

    instances: int
    calls: float
    prompt_tokens: float
    reply_tokens: float

    @property
    def all_calls(self) -> float:
        """Replies over all instances."""
        return self.instances * self.calls


RECORDED: Mapping[str, Counts] = {
    "adventuregame": Counts(instances=128, calls=30.2, prompt_tokens=826, reply_tokens=4),
    "codenames": Counts(instances=90, calls=9.4, prompt_tokens=637, reply_tokens=8),
    "guesswhat": Counts(instances=60, calls=6.4, prompt_tokens=231, reply_tokens=8),
    "imagegame": Counts(instances=60, calls=7.2, prompt_tokens=306, reply_tokens=12),
    "matchit_ascii": Counts(instances=40, calls=16.0, prompt_tokens=451, reply_tokens=25),
    "privateshared": Counts(instances=50, calls=68.9, prompt_tokens=2512, reply_tokens=3),
    "referencegame": Counts(instances=180, calls=2.0, prompt_tokens=199, reply_tokens=19),
    "taboo": Counts(instances=60, calls=2.4, prompt_tokens=176, reply_tokens=12),
    "textmapworld": Counts(instances=50, calls=13.4, prompt_tokens=481, reply_tokens=2),
    "textmapworld_graphreasoning": Counts(instances=21, calls=13.1, prompt_tokens=1098, reply_tokens=71),
    "textmapworld_specificroom": Counts(instances=30, calls=10.7, prompt_tokens=481, reply_tokens=2),
    "wordle": Counts(instances=30, calls=3.9, prompt_tokens=585, reply_tokens=301),
    "wordle_withclue": Counts(instances=30, calls=2.9, prompt_tokens=515, reply_tokens=357),
    "wordle_withcritic": Counts(instances=30, calls=7.2, prompt_tokens=1120, reply_tokens=271),
}
"""Of recorded episodes of the 2026 leaderboard's models on the public validation split (8 to 73 per game, four
characters a token), times the instances of the challenge's test phase, which the percentages it published give away
(63.28% played are 81 of 128). About 12,000 calls in all, where 12,500 were counted for an 8B model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What a model computes on a machine.

    Attributes:
        reading: tokens of prompts a second.
        writing: tokens of one reply a second.
        widest: how much more is written a second by many replies side by side than by one.
        source: where the two come from, in words.
    """

    reading: float
    writing: float
    widest: float
    source: str

    def written(self, batch: int) -> float:
        """Tokens a second of so many replies side by side, all together."""
        return self.writing * min(float(batch), self.widest)


def rates(gpu: Gpu, *, parameters: float, weight_bytes: float) -> Rates:
    """What a model computes on a GPU, from the data sheet.

    Args:
        gpu: the GPU.
        parameters: of the model.
        weight_bytes: size of its weights in memory.
    """
    writing = REACHED_WRITING * gpu.bandwidth / weight_bytes
    reading = REACHED_READING * gpu.operations / (2 * parameters)
    return Rates(
        reading=reading,
        writing=writing,
        widest=max(1.0, reading / writing),
        source=(
            f"{gpu.name}: {REACHED_WRITING:.0%} of {gpu.bandwidth / 1e9:,.0f} GB/s for writing, "
            f"{REACHED_READING:.0%} of {gpu.operations / 1e12:,.0f} TFLOPS for reading (data sheet times an assumption)"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of playing.

    Attributes:
        name: what it is called.
        switches: what to set for it, as on the command line or in the submission's YAML.
        share: share of the replies for which the model is asked at all.
        factor: tokens written for each token of a reply.
        thinking: tokens of thoughts before each reply that the model is asked for.
        batch: episodes side by side.
        cached: whether prompts are kept in the cache, so that only what is new is read.
        symbolic_s: seconds of a turn outside the model.
    """

    name: str
    switches: str
    share: float = 1.0
    factor: float = 1.0
    thinking: int = 0
    batch: int = 1
    cached: bool = True
    symbolic_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one way of playing takes.

    Attributes:
        way: which.
        calls: replies for which the model is asked.
        read: tokens of prompts that are computed.
        written: tokens that are written.
        seconds: wall time.
    """

    way: Way
    calls: float
    read: float
    written: float
    seconds: float

    def fits(self, hours: float) -> bool:
        """Whether it ends in time."""
        return self.seconds <= 3600 * hours


def estimate(way: Way, games: Sequence[Counts], rate: Rates) -> Estimate:
    """What one way of playing some games takes."""
    turns = sum(game.all_calls for game in games)
    calls = way.share * turns
    read = way.share * sum(_read(game, cached=way.cached) for game in games)
    written = way.share * sum(game.all_calls * (way.factor * game.reply_tokens + way.thinking) for game in games)
    seconds = MODEL_LOADING_S + read / rate.reading + written / rate.written(way.batch) + turns * way.symbolic_s
    return Estimate(way=way, calls=calls, read=read, written=written, seconds=seconds)


def ways(*, batch: int, thinking_tokens: int, determined: float | None) -> tuple[Way, ...]:
    """The ways of playing that are worth comparing.

    Args:
        batch: episodes side by side, where there is a batch.
        thinking_tokens: of thoughts before a reply, where the model thinks.
        determined: share of the replies that needed no model in measured episodes; None where nothing was measured.
    """
    found = [
        Way(name="bare", switches="without Ludens", cached=False),
        Way(name="bare, side by side", switches=f"without Ludens, clem run -b {batch}", cached=False, batch=batch),
    ]
    planless = Way(
        name="Ludens, nothing planned",
        switches="the worst case: games that no planner fits",
        factor=REPAIRS,
        symbolic_s=SYMBOLIC_S,
    )
    found.append(planless)
    found.append(replace(planless, name=f"{planless.name}, side by side", switches=f"clem run -b {batch}", batch=batch))
    if determined is not None:
        found.append(
            replace(
                planless, name="Ludens, as measured", switches="planners as in the measured games", share=1 - determined
            )
        )
    for width in dict.fromkeys((1, batch)):
        beside = f", clem run -b {width}" if width > 1 else ""
        found.append(
            replace(
                planless,
                name="Ludens, thinking" + (", side by side" if width > 1 else ""),
                switches=f"model.thinking_tokens: {thinking_tokens}{beside}",
                thinking=thinking_tokens,
                batch=width,
            )
        )
    return tuple(found)


def _read(game: Counts, *, cached: bool) -> float:
    """Tokens of prompts that must be computed: with a cache every token once, else anew for every reply."""
    anew = game.all_calls * game.prompt_tokens
    if not cached or game.calls <= 1:
        return anew
    # The prompt grows about evenly from reply to reply, so the last one is about twice the average.
    return min(anew, 2 * game.instances * game.prompt_tokens)
