"""Listed words found by questions, with both sides played by the policies."""

import numpy as np
import pytest

from agent.fold import Fold, normalise
from agent.transcript import Message
from memory.meanings import Meanings
from planner.attest import Attest, target_word
from planner.candidates import Polarity, listed_words, most_questions
from planner.inquire import Inquire
from planner.properties import TOPICS, Properties, about, asked_topics

KINDS = {
    "animal": ("wolf", "otter", "zebra", "badger"),
    "vehicle": ("tram", "yacht", "wagon", "glider"),
    "music": ("harp", "cello", "oboe", "banjo"),
}
FILLERS = tuple(
    f"{first}{second}{third}"
    for third in ("um", "ex", "ir", "ock")
    for first in "bdfglmnp"
    for second in ("a", "ei", "o", "u")
)
WORDS = (*KINDS, *(word for words in KINDS.values() for word in words), *FILLERS)
ASKER = (
    "Another player has one of these words in mind:\n{words}\n"
    'Find out which, by questions that can be answered with "yes" or "no". You may ask {limit} questions at most.\n'
    "In every turn, answer with exactly one of these:\n"
    "To ask a question, write QUESTION: <question>\nTo guess the word, write GUESS: <guess>\n"
    "<question>: your question, on one line. <guess>: one word of the list.\n\nPlease begin."
)
ANSWERER = (
    "Another player tries to find out which word you have in mind. The word is: {word}\n"
    'Answer each question truthfully with "yes" or "no".\nResponse format: ANSWER: <answer>\n'
    '<answer>: either "yes" or "no".\n\n'
)


class Kinds:
    """An embedder in which every kind has a direction of its own."""

    def embed(self, texts: list[str]) -> np.ndarray:
        rng = np.random.default_rng(7)
        axes = rng.normal(size=(len(KINDS), 24))
        made = np.stack([self._vector(text, axes) for text in texts])
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)

    @staticmethod
    def _vector(text: str, axes: np.ndarray) -> np.ndarray:
        own = np.random.default_rng(sum(map(ord, text))).normal(size=24)
        for number, (kind, words) in enumerate(KINDS.items()):
            if text == kind or text in words:
                return 6 * axes[number] + own
        return own


@pytest.fixture
def meanings() -> Meanings:
    return Meanings(Kinds(), words=WORDS)


def play(words: tuple[str, ...], target: str, meanings: Meanings | None, limit: int = 7) -> tuple[str, list[str]]:
    """The guess and the questions of a game between two players of this kind."""
    asker = [Message(role="user", content=ASKER.format(words=", ".join(words), limit=limit))]
    asked: list[str] = []
    for _ in range(limit + 1):
        session = Fold().session(normalise(asker))
        option = Inquire(meanings=meanings).propose(session).options[0]
        reply = session.rulebook.forms[option.form].render(option.fills)
        if reply.startswith("GUESS"):
            return next(iter(option.fills.values())), asked
        asked.append(next(iter(option.fills.values())))
        heard = Fold().session(normalise([Message(role="user", content=ANSWERER.format(word=target) + asked[-1])]))
        answer = Attest(meanings=meanings).propose(heard).options[0]
        said = heard.rulebook.forms[answer.form].render(answer.fills)
        asker += [Message(role="assistant", content=reply), Message(role="user", content=said)]
    return "", asked


@pytest.mark.parametrize("target", ["wolf", "yacht", "cello", "glider"])
def test_eight_words_take_three_questions(target: str, meanings: Meanings) -> None:
    words = ("wolf", "otter", "tram", "yacht", "wagon", "glider", "harp", "cello")
    guess, asked = play(words, target, meanings)
    assert guess == target
    assert len(asked) == 3


def test_meaning_is_asked_about_first(meanings: Meanings) -> None:
    words = KINDS["animal"] + KINDS["vehicle"]
    _, asked = play(words, "otter", meanings)
    assert asked[0] in (about(["animal"]), about(["vehicle"]))


@pytest.mark.parametrize("target", FILLERS[:8])
def test_without_meanings_words_are_named(target: str) -> None:
    guess, asked = play(FILLERS[:8], target, None)
    assert guess == target
    assert all(question.startswith("Is it one of these") for question in asked)
    assert all(
        sum(word in question.strip("?").replace(",", "").split() for word in FILLERS[:8]) > 1 for question in asked
    )


def test_the_limit_is_kept() -> None:
    guess, asked = play(FILLERS[:8], FILLERS[0], None, limit=2)
    assert guess in FILLERS[:8]
    assert len(asked) == 2


def test_asker_and_answerer_read_a_question_alike() -> None:
    assert asked_topics(about(["music", "animal"])) == ["music", "animal"]
    assert asked_topics("Is the target word a kind of animal?") == ["animal"]
    assert len(set(TOPICS)) > 300


def test_rates_are_beyond_the_bar_only_for_the_right_kind(meanings: Meanings) -> None:
    rates = Properties(meanings=meanings)
    assert rates.rate("Is it an animal?", "wolf") > 0 > rates.rate("Is it an animal?", "harp")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Words: 1. ash\n2. maple\n3. beech\n4. oak\nOne of them is meant.", ("ash", "maple", "beech", "oak")),
        ("on this list:\n- van\n- ferry\n- canoe\n- sled\nAsk.", ("van", "ferry", "canoe", "sled")),
        ("List of words: ['sunday', 'friday', 'count', 'friend']", ("sunday", "friday", "count", "friend")),
        ("picked one of these:\nelm; fir; pine; yew\nAsk", ("elm", "fir", "pine", "yew")),
        ("There is nothing to choose from here.", ()),
    ],
)
def test_lists_in_many_shapes(text: str, words: tuple[str, ...]) -> None:
    assert listed_words(text) == words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Another player tries to find out the word. The word is: maple\nAnswer.", "maple"),
        ('Would you please keep the word "goat" in mind?', "goat"),
        ("Secret word: canoe. Shh!", "canoe"),
        ("TARGET WORD\nscooter\n\nTASK", "scooter"),
        ("Reply with yes. (suppose the word is igloo) Is it cold?", ""),
    ],
)
def test_the_word_in_mind(text: str, word: str) -> None:
    assert target_word(text) == word


def test_limits_and_answers_are_read() -> None:
    assert most_questions("You may ask 7 questions at most") == 7
    assert most_questions("The maximum number of questions you can ask to help you is 9.") == 9
    assert most_questions("Ask away.") is None
    said = Polarity(yes="correct", no="incorrect")
    assert said.read("The answer is: incorrect") is False
    assert said.read("correct (6 turns left)") is True
    assert said.read("who knows") is None


def test_a_word_in_bold_is_the_one_in_mind() -> None:
    assert target_word("- Your word: **turkey** (do not tell it)") == "turkey"
    assert target_word("**Word:** bee") == "bee"


def test_yes_and_no_are_no_words_in_mind() -> None:
    assert target_word('who want to know whether the nurse has been told a certain thing, "Yes" or "No".') == ""
