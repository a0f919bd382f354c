"""Exercises with many right replies: keywords, lengths, beginnings and endings, marks, layout."""

import random
import re
from collections.abc import Mapping, Sequence

from games.minigames.exercise import Exercise, Facts, Kind, some

Pool = Mapping[str, Sequence[str]]
Rng = random.Random

_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)


def _keywords(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 2)
    return Exercise(
        question=rng.choice(
            (
                f"Write one sentence that contains the words {words[0]} and {words[1]}.",
                f"Please make up a sentence in which both '{words[0]}' and '{words[1]}' occur.",
            )
        ),
        answer=f"We saw the {words[0]} beside the {words[1]}.",
        facts={"words": words},
    )


def _judge_keywords(reply: str, answer: str, facts: Facts) -> str:
    said = [word.casefold() for word in _words(reply)]
    missing = [word for word in _list(facts["words"]) if word not in said]
    return f"the reply lacks the word '{missing[0]}'" if missing else ""


def _list(value: str | int | list[str]) -> list[str]:
    assert isinstance(value, list)
    return value


def _avoid(rng: Rng, pool: Pool) -> Exercise:
    topic, banned = some(rng, pool, 2)
    banned_words = rng.choice((["the"], ["and", banned], ["is", "are"]))
    shown = " or ".join(f'"{word}"' for word in banned_words)
    return Exercise(
        question=f'Write a sentence with the word "{topic}", but without {shown}.',
        answer=f"My {topic} makes me happy!",
        facts={"words": [topic], "banned": banned_words},
    )


def _judge_avoid(reply: str, answer: str, facts: Facts) -> str:
    said = [word.casefold() for word in _words(reply)]
    used = [word for word in _list(facts["banned"]) if word in said]
    return f"the reply uses the word '{used[0]}'" if used else _judge_keywords(reply, answer, facts)


def _word_count(rng: Rng, pool: Pool) -> Exercise:
    count = rng.randint(3, 9)
    word = some(rng, pool, 1)[0]
    filler = ["really", "old", "little", "blue", "happy", "sleepy", "tiny"]
    answer = " ".join(["My", *filler[: count - 3], word, "sings"])
    name = rng.choice((str(count), _COUNTS[count]))
    return Exercise(
        question=f'Write exactly {name} words, one of them "{word}".',
        answer=answer,
        facts={"words": [word], "count": count},
    )


def _judge_word_count(reply: str, answer: str, facts: Facts) -> str:
    count = len(_words(reply))
    return f"the reply has {count} words" if count != facts["count"] else _judge_keywords(reply, answer, facts)


def _sentence_count(rng: Rng, pool: Pool) -> Exercise:
    count = rng.randint(2, 4)
    words = some(rng, pool, count)
    return Exercise(
        question=f"Tell me about {_an(words[0])} in exactly {_COUNTS[count]} sentences.",
        answer=" ".join(f"Here we have {_an(word)}." for word in words),
        facts={"count": count},
    )


def _judge_sentence_count(reply: str, answer: str, facts: Facts) -> str:
    count = len([part for part in re.split(r"[.!?]+(?:\s|$)", reply) if part.strip()])
    return "" if count == facts["count"] else f"the reply has {count} sentences"


def _bullets(rng: Rng, pool: Pool) -> Exercise:
    count = rng.randint(2, 5)
    mark = rng.choice(("-", "*"))
    words = some(rng, pool, count + 1)
    return Exercise(
        question=f'Give {_COUNTS[count]} thoughts about "{words[-1]}" as bullet points that begin with '
        f'"{mark} ", one a line, and nothing else.',
        answer="\n".join(f"{mark} it reminds me of {word}" for word in words[:count]),
        facts={"count": count, "mark": mark},
    )


def _judge_bullets(reply: str, answer: str, facts: Facts) -> str:
    lines = [line for line in reply.strip().splitlines() if line.strip()]
    if not all(line.startswith(f"{facts['mark']} ") for line in lines):
        return f"a line does not begin with '{facts['mark']} '"
    return "" if len(lines) == facts["count"] else f"the reply has {len(lines)} bullet points"


def _start(rng: Rng, pool: Pool) -> Exercise:
    start = rng.choice(("Well then,", "To my mind,", "As you know,", "Dear reader,"))
    word = some(rng, pool, 1)[0]
    return Exercise(
        question=f'Say something about {_an(word)}. Your reply must begin with "{start}"',
        answer=f"{start} {_an(word)} can be fun.",
        facts={"start": start},
    )


def _judge_start(reply: str, answer: str, facts: Facts) -> str:
    return "" if reply.strip().startswith(str(facts["start"])) else f"the reply does not begin with '{facts['start']}'"


def _end(rng: Rng, pool: Pool) -> Exercise:
    end = rng.choice(("That is all.", "Any questions?", "Over and out."))
    word = some(rng, pool, 1)[0]
    return Exercise(
        question=f'Say something about {_an(word)} and close with the words "{end}", nothing after them.',
        answer=f"The {word} can be fun. {end}",
        facts={"end": end},
    )


def _judge_end(reply: str, answer: str, facts: Facts) -> str:
    return "" if reply.strip().endswith(str(facts["end"])) else f"the reply does not end with '{facts['end']}'"


def _no_commas(rng: Rng, pool: Pool) -> Exercise:
    words = some(rng, pool, 3)
    return Exercise(
        question=f"In one sentence of at least eight words, mention {words[0]}, {words[1]} and {words[2]}. "
        "Do not use any commas.",
        answer=f"On the table there were {words[0]} and {words[1]} and also {words[2]}.",
        facts={"words": words, "least": 8},
    )


def _judge_no_commas(reply: str, answer: str, facts: Facts) -> str:
    if "," in reply:
        return "the reply contains a comma"
    least = facts["least"]
    assert isinstance(least, int)
    return "the reply is too short" if len(_words(reply)) < least else _judge_keywords(reply, answer, facts)


def _quotation(rng: Rng, pool: Pool) -> Exercise:
    word = some(rng, pool, 1)[0]
    return Exercise(
        question=f"What would {_an(word)} say if it could talk? Put your entire reply in double quotation marks.",
        answer=f'"I am just {_an(word)}."',
    )


def _judge_quotation(reply: str, answer: str, facts: Facts) -> str:
    text = reply.strip()
    return "" if len(text) > 2 and text[0] == text[-1] == '"' else "the reply is not in double quotation marks"


def _title(rng: Rng, pool: Pool) -> Exercise:
    word = some(rng, pool, 1)[0]
    return Exercise(
        question=f"Invent a title for a story about {_an(word)}, wrapped in double angular brackets, "
        "such as <<title>>.",
        answer=f"<<The {word.title()} Who Came Late>>",
    )


def _judge_title(reply: str, answer: str, facts: Facts) -> str:
    return "" if re.search(r"<<[^<>\n]+>>", reply) else "there is no title in double angular brackets"


def _postscript(rng: Rng, pool: Pool) -> Exercise:
    word = some(rng, pool, 1)[0]
    mark = rng.choice(("P.S.", "P.P.S."))
    return Exercise(
        question=f"Write a note of thanks for {_an(word)}. At its end add a postscript starting with {mark}",
        answer=f"Thank you for the {word}!\n{mark} Come and see us soon.",
        facts={"mark": mark},
    )


def _judge_postscript(reply: str, answer: str, facts: Facts) -> str:
    found = reply.find(str(facts["mark"]))
    return "" if found > 0 and reply[found + len(str(facts["mark"])) :].strip() else "the postscript is missing"


def _repeat_first(rng: Rng, pool: Pool) -> Exercise:
    word = some(rng, pool, 1)[0]
    request = f"Name a colour that suits {_an(word)}."
    return Exercise(
        question="First repeat the request below word for word, then, on a new line, answer it.\n" + request,
        answer=f"{request}\nGreen.",
        facts={"start": request},
    )


def _sections(rng: Rng, pool: Pool) -> Exercise:
    count = rng.randint(2, 3)
    word = some(rng, pool, 1)[0]
    head = rng.choice(("Section", "Part"))
    answer = "\n".join(f"{head} {number}\nSome words on the {word}." for number in range(1, count + 1))
    return Exercise(
        question=f'Write about {_an(word)} in {_COUNTS[count]} parts, each headed by a line "{head} X" '
        "with X for its number.",
        answer=answer,
        facts={"count": count, "head": head},
    )


def _judge_sections(reply: str, answer: str, facts: Facts) -> str:
    found = re.findall(rf"^{facts['head']} (\d+)\s*$", reply, flags=re.MULTILINE)
    count = facts["count"]
    assert isinstance(count, int)
    return "" if found == [str(number) for number in range(1, count + 1)] else "the headings are not as asked for"


def _shout(rng: Rng, pool: Pool) -> Exercise:
    word = some(rng, pool, 1)[0]
    return Exercise(
        question=f"Tell me something about {_an(word)}, in capital letters throughout.",
        answer=f"A {word.upper()} IS A FINE THING.",
        facts={"words": [word]},
    )


def _judge_shout(reply: str, answer: str, facts: Facts) -> str:
    return _judge_keywords(reply, answer, facts) if reply == reply.upper() else "there are small letters in the reply"


OPEN: dict[str, Kind] = {
    "keywords": Kind(draw=_keywords, judge=_judge_keywords),
    "avoid": Kind(draw=_avoid, judge=_judge_avoid),
    "word_count": Kind(draw=_word_count, judge=_judge_word_count),
    "sentence_count": Kind(draw=_sentence_count, judge=_judge_sentence_count),
    "bullets": Kind(draw=_bullets, judge=_judge_bullets),
    "start": Kind(draw=_start, judge=_judge_start),
    "end": Kind(draw=_end, judge=_judge_end),
    "no_commas": Kind(draw=_no_commas, judge=_judge_no_commas),
    "quotation": Kind(draw=_quotation, judge=_judge_quotation),
    "title": Kind(draw=_title, judge=_judge_title),
    "postscript": Kind(draw=_postscript, judge=_judge_postscript),
    "repeat_first": Kind(draw=_repeat_first, judge=_judge_start),
    "sections": Kind(draw=_sections, judge=_judge_sections),
    "shout": Kind(draw=_shout, judge=_judge_shout),
}
"""Kinds with many right replies."""
