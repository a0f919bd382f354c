"""Exercises with one right reply: choices, lists, counting, memory, copying."""

import json
import random
from collections.abc import Callable, Mapping, Sequence

from games.minigames.exercise import Exercise, Kind, exact_text, same_list, same_text, some

Pool = Mapping[str, Sequence[str]]
Rng = random.Random


def _one_word(rng: Rng, pool: Pool) -> Exercise:
    word = some(rng, pool, 1)[0]
    return Exercise(
        question=rng.choice(
            (
                f'Reply with the word "{word}" and nothing else.',
                f"Please say just one word: {word}",
                f"Your entire answer must be this word: {word}",
            )
        ),
        answer=word,
    )


def _letter_choice(rng: Rng, pool: Pool) -> Exercise:
    right, *others = rng.sample(sorted(pool), 4)
    things = [rng.choice(pool[kind]) for kind in (right, *others)]
    order = [0, 1, 2, 3]
    rng.shuffle(order)
    lines = "\n".join(f"({letter}) {things[place]}" for letter, place in zip("ABCD", order, strict=True))
    answer = "ABCD"[order.index(0)]
    head = rng.choice((f"Which of these is a kind of {right}?", f"Pick the {right}:"))
    tail = rng.choice(("Answer with the letter only.", "Reply with just A, B, C or D."))
    return Exercise(question=f"{head}\n{lines}\n{tail}", answer=answer)


def _membership(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 7)
    asked = rng.choice(words)
    shown = [word for word in words[:6]]
    answer = "yes" if asked in shown else "no"
    return Exercise(
        question=f'Here is a list: {", ".join(shown)}.\nIs "{asked}" on it? '
        + rng.choice(("Answer with yes or no.", 'Say "yes" or "no" and nothing more.')),
        answer=answer,
    )


def _count(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, rng.randint(3, 11))
    return Exercise(
        question=f"How many words are in this list? {'; '.join(words)}\n"
        + rng.choice(("Reply with a number in digits.", "Your answer is a single number.")),
        answer=str(len(words)),
    )


def _nth(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 6)
    place = rng.randrange(6)
    name = ("first", "second", "third", "fourth", "fifth", "sixth")[place]
    return Exercise(
        question=f"{', '.join(words)}\n"
        + rng.choice(
            (
                f"What is the {name} word? Just the word, please.",
                f"Reply with the {name} item of the list above, only that.",
            )
        ),
        answer=words[place],
    )


def _after(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 7)
    place = rng.randrange(6)
    return Exercise(
        question=f'Read: {", ".join(words)}.\nWhich word comes right after "{words[place]}"? One word.',
        answer=words[place + 1],
    )


def _sorted(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 5)
    return Exercise(
        question="Put these words into alphabetical order, separated by commas, with no other text: "
        + ", ".join(words),
        answer=", ".join(sorted(words)),
    )


def _reversed(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 5)
    return Exercise(
        question=f"Reverse the order of this list, keep the commas and write nothing else: {', '.join(words)}",
        answer=", ".join(reversed(words)),
    )


def _memory(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 6)
    kept, gone, new = words[:3], words[3:5], words[5]
    start = [*kept, *gone]
    rng.shuffle(start)
    rest = [word for word in start if word not in gone]
    return Exercise(
        question=(
            f"In the bag: {', '.join(start)}.\nI take out: {gone[0]}.\nI put in: {new}.\nI take out: {gone[1]}.\n"
            "What is in the bag now? List the things in the order in which they came in, separated by commas, no more."
        ),
        answer=", ".join([*rest, new]),
    )


def _odd_one(rng: Rng, pool: Pool) -> Exercise:
    main, other = rng.sample(sorted(kind for kind in pool if len(pool[kind]) > 3), 2)
    odd = rng.choice(pool[other])
    words = [*rng.sample(list(pool[main]), 4), odd]
    rng.shuffle(words)
    return Exercise(
        question=f"One of these does not belong with the others: {', '.join(words)}. "
        + rng.choice(("Name it in one word.", "Reply with that word alone.")),
        answer=odd,
    )


def _code(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 4)
    signs = rng.sample("#@%&+=?!", 4)
    key = ", ".join(f"{sign} means {word}" for sign, word in zip(signs, words, strict=True))
    picked = [rng.randrange(4) for _ in range(3)]
    return Exercise(
        question=f"In a secret code {key}. Decode: {' '.join(signs[place] for place in picked)}\n"
        "Write the words with single blanks between them and nothing else.",
        answer=" ".join(words[place] for place in picked),
    )


def _larger(rng: Rng, pool: Pool) -> Exercise:
    one, other = rng.sample(range(10, 1000), 2)
    wanted = rng.choice(("larger", "smaller"))
    answer = max(one, other) if wanted == "larger" else min(one, other)
    return Exercise(
        question=f"Which number is {wanted}, {one} or {other}? Reply with the number only.", answer=str(answer)
    )


def _sum_tag(rng: Rng, pool: Pool) -> Exercise:
    one, other = rng.randint(2, 40), rng.randint(2, 40)
    tag = rng.choice(("ANSWER:", "Result =", "SUM:"))
    return Exercise(question=f"Add {one} and {other}. Use the form: {tag} <number>", answer=f"{tag} {one + other}")


def _capitals(rng: Rng, pool: Pool) -> Exercise:
    text = " and the ".join(some(rng, pool, 3))
    return Exercise(
        question=f"Repeat this in capital letters, without further words: the {text}", answer=f"THE {text.upper()}"
    )


def _small_letters(rng: Rng, pool: Pool) -> Exercise:
    text = " OR A ".join(some(rng, pool, 3)).upper()
    return Exercise(
        question=f"Write the following all in small letters and add nothing: A {text}", answer=f"a {text.lower()}"
    )


def _copy(rng: Rng, pool: Pool) -> Exercise:
    odd = "".join(rng.choice("#*~|/%$") for _ in range(4))
    text = f"{odd} {some(rng, pool, 1)[0].title()}{odd[::-1]} {rng.randint(10, 99)}"
    return Exercise(question=f"Copy the next line character by character and write nothing else:\n{text}", answer=text)


def _replace(rng: Rng, pool: Pool) -> Exercise:
    old, new, other = some(rng, pool, 3)
    text = f"one {old}, two {other}, three {old}"
    return Exercise(
        question=f'Replace every "{old}" by "{new}" and write the result only: {text}', answer=text.replace(old, new)
    )


def _json_array(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 4)
    return Exercise(
        question="Write these words as a JSON array of strings, in the given order and with no other text: "
        + ", ".join(words),
        answer=json.dumps(words),
        facts={"words": words},
    )


def _json_object(rng: Rng, pool: Pool) -> Exercise:
    thing, owner = some(rng, pool, 2)
    number = rng.randint(2, 30)
    question = (
        'Return a JSON object with the keys "thing", "count" and "place" for this note and nothing else, '
        "count as a number: "
        f"{number} pieces of {thing} beside the {owner}. place is the word after 'the'."
    )
    return Exercise(
        question=question,
        answer=json.dumps({"thing": thing, "count": number, "place": owner}),
        facts={"object": json.dumps({"thing": thing, "count": number, "place": owner})},
    )


def _judge_json(reply: str, answer: str, facts: object) -> str:
    try:
        value = json.loads(reply)
    except ValueError:
        return "the reply is not JSON"
    return "" if value == json.loads(answer) else "the JSON holds something else"


def _table(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 3)
    numbers = [rng.randint(1, 60) for _ in words]
    prose = "; ".join(f"there are {number} of {word}" for word, number in zip(words, numbers, strict=True))
    lines = "\n".join(f"{word},{number}" for word, number in zip(words, numbers, strict=True))
    return Exercise(
        question=f"Turn this into lines of the form word,number (no header, no other text): {prose}", answer=lines
    )


def _two_lines(rng: Rng, pool: Pool) -> Exercise:
    one, other = some(rng, pool, 2)
    return Exercise(
        question=f'Answer with exactly two lines. The first is "LEFT: {one}", the second is "RIGHT: {other}".',
        answer=f"LEFT: {one}\nRIGHT: {other}",
    )


def _closed(draw: Callable[[Rng, Pool], Exercise]) -> Kind:
    return Kind(draw=draw, judge=same_text)


CLOSED: dict[str, Kind] = {
    "one_word": _closed(_one_word),
    "letter_choice": _closed(_letter_choice),
    "membership": _closed(_membership),
    "count": _closed(_count),
    "nth": _closed(_nth),
    "after": _closed(_after),
    "sorted": Kind(draw=_sorted, judge=same_list),
    "reversed": Kind(draw=_reversed, judge=same_list),
    "memory": Kind(draw=_memory, judge=same_list),
    "odd_one": _closed(_odd_one),
    "code": _closed(_code),
    "larger": _closed(_larger),
    "sum_tag": _closed(_sum_tag),
    "capitals": Kind(draw=_capitals, judge=exact_text),
    "small_letters": Kind(draw=_small_letters, judge=exact_text),
    "copy": Kind(draw=_copy, judge=exact_text),
    "replace": _closed(_replace),
    "json_array": Kind(draw=_json_array, judge=_judge_json),
    "json_object": Kind(draw=_json_object, judge=_judge_json),
    "table": Kind(draw=_table, judge=exact_text),
    "two_lines": Kind(draw=_two_lines, judge=exact_text),
}
"""Kinds with one right reply."""
