"""How fast a language model backend reads, writes, keeps to a grammar, scores and embeds.

Run it as `python benchmarks/decoding.py [--model embedded] [--reencode auto] [--json]`. With `--grammars` it measures
how soon grammars are ready instead, for which a GGUF's vocabulary is enough: those of the turns of practice games, and
a few very large ones. Times are of this process's CPU, so that other work on the machine counts less.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import llama_cpp

from agent.models import gguf_file
from agent.models.language_model import LanguageModel, Sampling
from agent.models.llama_context import quiet
from agent.models.locate import EMBEDDED, embedded_gguf, load
from agent.models.steering import Grammars
from agent.transcript import Message
from constraints.grammar import Grammar

TOPICS = ("rivers", "bread", "old maps", "the moon", "bridges", "bees", "clocks", "salt",
          "paper", "whales", "wool", "rain", "glass", "ships", "honey", "stone")  # fmt: skip
FORM = Grammar(lark='start: "TITLE: " /[A-Z][a-z ]{3,40}/ "\\nTEXT: " /[^\\n]{20,200}/')
SHORT = Sampling(max_tokens=40)


def user(text: str) -> Message:
    """A message of the game master."""
    return Message(role="user", content=text)


def timed(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def prompt(topic: str) -> list[Message]:
    """A prompt of about four hundred tokens that shares nothing with that of another topic."""
    return [user(" ".join(f"Note {i} on {topic}: they matter more than one thinks." for i in range(28)))]


def measure(model: LanguageModel) -> dict[str, float]:
    """All figures, in the units of their names."""
    figures: dict[str, float] = {}
    reading = model.complete(prompt("rivers"), None, Sampling(max_tokens=1))
    figures["read_tokens_per_s"] = reading.prompt_tokens / reading.seconds
    again = [model.complete(prompt("rivers"), None, Sampling(max_tokens=1)).seconds for _ in range(3)]
    figures["read_again_ms"] = 1e3 * statistics.median(again)
    free = [model.complete([user(f"Tell me about {topic}.")], None, SHORT) for topic in TOPICS[:4]]
    figures["write_ms_per_token"] = 1e3 * statistics.median(said.seconds / said.generated_tokens for said in free)
    bound = [model.complete([user(f"Tell me about {topic}.")], FORM, SHORT) for topic in TOPICS[:4]]
    figures["write_form_ms_per_token"] = 1e3 * statistics.median(said.seconds / said.generated_tokens for said in bound)
    batch = getattr(model, "complete_batch", None)
    if batch is not None:
        requests = [([user(f"Tell me about {topic}.")], None) for topic in TOPICS]
        started = time.perf_counter()
        tokens = sum(said.generated_tokens for said in batch(requests, SHORT))
        figures["write_16_ms_per_token"] = 1e3 * (time.perf_counter() - started) / tokens
    fifty = [f"The best of {topic} is {end}" for topic in TOPICS for end in ("new", "old", "dear", "cheap")][:50]
    figures["score_50_cold_s"] = timed(lambda: model.score(prompt("bread"), fifty))
    figures["score_50_warm_s"] = timed(lambda: model.score(prompt("bread"), fifty))
    model.embed(["warm up"])
    figures["embed_ms_per_text"] = 1e3 * timed(lambda: model.embed(list(TOPICS))) / len(TOPICS)
    return figures


def vocabulary_of(model: str) -> llama_cpp.Llama:
    """A GGUF opened for its vocabulary alone."""
    path = embedded_gguf() if model == EMBEDDED else Path(model).expanduser()
    with quiet():
        return llama_cpp.Llama(str(path), vocab_only=True, n_ctx=256, verbose=False)


def ready_ms(grammars: Grammars, grammar: Grammar, tokens: Sequence[int]) -> tuple[float, float]:
    """CPU milliseconds until decoding can go on under a grammar that was never seen before.

    Greedy decoding tries the likeliest tokens; sampling, and a model whose favourites are all barred, needs the mask of
    all that may come next.

    Returns:
        Until tokens have been tried, and until the mask is there.
    """
    started = time.process_time()
    steering = grammars.steer(grammar)
    steering.forced()
    if steering.stopped:
        spent = 1e3 * (time.process_time() - started)
        return spent, spent
    for token in tokens:
        steering.permits(token)
    tried = time.process_time()
    steering.allowed()
    return 1e3 * (tried - started), 1e3 * (time.process_time() - started)


def measure_grammars(model: str, instances: int, seed: int) -> dict[str, float]:
    """How soon grammars are ready."""
    from grammars import large, of_turns  # beside this file; late, since it needs clemcore

    weights = vocabulary_of(model)  # what is made of it does not outlive it
    vocabulary = gguf_file.GgufVocabulary(weights)
    grammars = gguf_file.grammars(weights, vocabulary)
    tokens = [token for word in (" the", "a", "1", " one", "\n") for token in vocabulary.encode(word)[:1]]
    ready_ms(grammars, FORM, tokens)  # the first of all fills caches
    times = [ready_ms(grammars, grammar, tokens) for grammar in of_turns(instances, seed).values()]
    figures = {"vocabulary": float(vocabulary.size), "turn_grammars": float(len(times))}
    for name, values in zip(("ready", "mask"), zip(*times, strict=True), strict=True):
        figures[f"turn_{name}_ms_median"] = statistics.median(values)
        figures[f"turn_{name}_ms_p95"] = statistics.quantiles(values, n=20)[-1]
        figures[f"turn_{name}_ms_max"] = max(values)
    for name, grammar in large().items():
        figures[f"{name}, ready_ms"], figures[f"{name}, mask_ms"] = ready_ms(grammars, grammar, tokens)
    return figures


def peak_mb() -> float:
    """Most memory this process has held, in MiB; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return float(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Loads, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--reencode", default=None, help="bf16, q8_0 or auto (GGUF only)")
    parser.add_argument("--grammars", action="store_true", help="how soon grammars are ready, and nothing else")
    parser.add_argument("--instances", type=int, default=4, help="instances of each practice game for --grammars")
    parser.add_argument("--seed", type=int, default=0, help="of these instances")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.grammars:
        show(measure_grammars(arguments.model, arguments.instances, arguments.seed), arguments.json)
        return
    asked = {"threads": arguments.threads, "reencode": arguments.reencode}
    options = {name: value for name, value in asked.items() if value is not None}
    started = time.perf_counter()
    model = load(arguments.model, **options)
    show({"load_s": time.perf_counter() - started, **measure(model), "peak_mb": peak_mb()}, arguments.json)


def show(figures: dict[str, float], as_json: bool) -> None:
    """Prints the figures."""
    if as_json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
        return
    for name, value in figures.items():
        print(f"{name:34} {value:10.2f}")


if __name__ == "__main__":
    main()
