import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.lexicon import associations, clues, frequency, guessable, hidden_words, rooms
from games.maps.building import Building, Room, best_steps, draw_cells, missing_doors
from games.maps.rules import harmonic_mean
from games.maps.sketch import LAYOUTS, Sketch, read_sketch, similarity, write_sketch
from games.taboo.rules import forbidden_use, is_form_of
from games.taboo.rules import score as taboo_score
from games.wordle.marks import LAYOUTS as MARK_LAYOUTS
from games.wordle.marks import VOCABULARIES, consistent, mark, write_marks
from games.wordle.rules import score as wordle_score

words = st.text("abcde", min_size=5, max_size=5)
SIGNS = {"exact": "G", "present": "Y", "absent": "-"}


@pytest.mark.parametrize(
    ("guess", "target", "marks"),
    [
        ("crane", "brain", "-GGY-"),
        ("speed", "abide", "--Y-Y"),
        ("allee", "label", "YYYG-"),
        ("eerie", "elder", "GYY--"),
        ("geese", "eagle", "YY--G"),
    ],
)
def test_marks_account_for_double_letters(guess, target, marks):
    assert "".join(SIGNS[own] for own in mark(guess, target)) == marks


@given(words, words)
def test_marks_never_claim_more_letters_than_there_are(guess, target):
    marks = mark(guess, target)
    assert (set(marks) == {"exact"}) == (guess == target)
    for letter in set(guess):
        found = sum(own != "absent" for said, own in zip(guess, marks, strict=True) if said == letter)
        assert found == min(guess.count(letter), target.count(letter))
    assert consistent(target, [(guess, marks)])


@given(words, words)
def test_every_layout_can_be_told_apart(guess, target):
    """Feedback for different marks never looks the same."""
    for layout in MARK_LAYOUTS:
        seen = {}
        for marks in itertools.product(("exact", "present", "absent"), repeat=2):
            text = write_marks("ab", marks, {"layout": layout, **SIGNS})
            assert seen.setdefault(text, marks) == marks
    for name, own in VOCABULARIES.items():
        assert len(set(own)) == 3, name


def test_word_scores():
    assert [wordle_score(n, True) for n in range(1, 7)] == [100, 100, 100, 50, 30, 20]
    assert [wordle_score(n, True, clue=True) for n in range(1, 7)] == [100, 50, 33.33, 25, 20, 16.67]
    assert wordle_score(6, False) == wordle_score(6, False, clue=True) == 0
    assert [taboo_score(n, True) for n in (1, 2)] == [100, 50]
    assert taboo_score(3, False) == 0


@pytest.mark.parametrize("word", ["farmer", "Farmers", "farming", "farmed", "farm"])
def test_forms_of_a_word_are_recognised(word):
    assert forbidden_use(f"someone {word} there", "farm", ("cow",)) or word == "farmer"


@pytest.mark.parametrize(("word", "base"), [("start", "star"), ("carpet", "car"), ("hated", "hat"), ("bring", "ring")])
def test_chance_likenesses_are_allowed(word, base):
    assert not is_form_of(word, base)


def test_which_forbidden_word_was_used():
    assert forbidden_use("It has COWS, and more", "farm", ("cow", "barn")) == ("clue.related_word", "cows", "cow")
    assert forbidden_use("two farms", "farm", ("cow",)) == ("clue.target_word", "farms", "farm")
    assert forbidden_use("fields and animals", "farm", ("cow",)) is None
    assert forbidden_use("a barn-like thing", "farm", ("barn",)) is not None


def test_the_lists_keep_their_own_rules():
    for entry in associations():
        assert len(entry.related) >= 3
        assert forbidden_use(entry.clue, entry.target, entry.related) is None, entry.target
    for word, clue in clues().items():
        assert word not in clue
        assert word in guessable()
    assert len(hidden_words()) > 900
    assert frequency("house") > frequency("chisel")
    names = [name for places in rooms().values() for place in places.values() for name in place]
    assert len(names) == len(set(names))


def building(seed, size, loops=0):
    rng = random.Random(seed)
    cells, doors = draw_cells(rng, size)
    extra = missing_doors(cells, doors)
    doors += rng.sample(extra, min(loops, len(extra)))
    rooms_ = tuple(Room(name=str(number), x=x, y=y) for number, (x, y) in enumerate(cells))
    return Building(rooms=rooms_, doors=tuple(doors), start=0)


def shortest_cover(known, current, goals):
    """Length of a shortest walk from a room through all goals, by brute force over walks."""
    layer = {(current, frozenset(goals) - {current})}
    for length in itertools.count():
        if any(not left for _, left in layer):
            return length
        layer = {(other, left - {other}) for room, left in layer for other in known[room]}


@given(st.integers(0, 10**6), st.integers(3, 6), st.integers(0, 1), st.integers(1, 3))
def test_best_steps_are_exactly_the_first_steps_of_shortest_walks(seed, size, loops, walked):
    place = building(seed, size, loops)
    table = place.neighbours()
    visited, here = {0}, 0
    for _ in range(walked):
        here = random.Random(seed).choice(sorted(table[here]))
        visited.add(here)
    frontier = {other for room in visited for other in table[room]} - visited
    best = best_steps(place, here, visited)
    if not frontier:
        assert best == set()
        return
    known = {room: [other for other in table[room] if room in visited or other in visited] for room in table}
    whole = shortest_cover(known, here, frontier)
    expected = {other for other in table[here] if 1 + shortest_cover(known, other, frontier - {other}) == whole}
    assert best == expected


def test_harmonic_mean():
    assert harmonic_mean(100, 50) == pytest.approx(66.667, abs=0.01)
    assert harmonic_mean(0, 0) == 0


SKETCH = Sketch(rooms=("Hall", "Attic", "Cellar"), links=(("Hall", "up", "Attic"), ("Hall", "down", "Cellar")))
WORDS = {"north": "up", "south": "down", "east": "right", "west": "left"}
WORDS |= {"graph_nodes": "rooms", "graph_edges": "doors"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_drawn_map_is_read_back(layout):
    words_ = {**WORDS, "graph_layout": layout}
    drawn = read_sketch(write_sketch(SKETCH, words_), words_)
    assert similarity(drawn, SKETCH) == pytest.approx(100)
    fewer = Sketch(rooms=SKETCH.rooms[:2], links=SKETCH.links[:1])
    assert 30 < similarity(read_sketch(write_sketch(fewer, words_), words_), SKETCH) < 60


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rooms", "doors", "x"]), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_json_may_come_as_a_map(value):
    import json

    for layout in LAYOUTS:
        drawn = read_sketch(json.dumps(value), {**WORDS, "graph_layout": layout})
        assert 0 <= similarity(drawn, SKETCH) <= 100
