import pytest

from planner.secrets import _secret

RULES = [
    ("The word is: {t}\nYou must not use these related words:\n{l}\n", "bullets"),
    ("Secret word: {t}. Blocked: the word itself and all of the following, in every form (plural, past):\n{l}\n", "or"),
    ('The word I have chosen for you is "{t}".\n\nPlease do without "{t}" and the following words:\n{l}\n', "commas"),
    ("TASK\nDescribe it to the guesser.\n\nTARGET WORD\n{t}\n\nPROHIBITED WORDS\n{l}\n\nRULES\nBe brief.", "commas"),
    ("Not allowed in your clues are the word, its relatives and their forms.\nRelatives:\n{l}\nWord:\n{t}", "commas"),
    ('You drew the card "{t}". The card carries a list:\n{l}\nNone of these may appear in what you write.', "commas"),
    ("This is the target word that you need to describe and that the other player needs to guess:\n\n{t}\n\n"
     "Related words are:\n\n{l}\n", "bullets"),
]  # fmt: skip


def written(words: list[str], style: str) -> str:
    if style == "bullets":
        return "\n".join(f"- {word}" for word in words)
    return ", ".join(words[:-1]) + (" or " if style == "or" else ", ") + words[-1]


@pytest.mark.parametrize(("rules", "style"), RULES)
@pytest.mark.parametrize(
    ("target", "related"), [("truck", ["cargo", "haul", "lorry"]), ("moon", ["night", "sky", "round"])]
)
def test_target_and_ban_are_read_from_many_wordings(rules: str, style: str, target: str, related: list[str]) -> None:
    text = "Describe a word so that your partner can guess it. " + rules.format(t=target, l=written(related, style))
    text += "\nExample:\n(the word is 'igloo')\nCLUE: a round home in the far north\nThe guess was 'tent'.\n"
    secret = _secret(text)
    assert secret is not None
    assert secret.target == target
    assert set(secret.forbidden) == {target, *related}


@pytest.mark.parametrize(
    "text",
    ["", "Guess a word. CLUE: a round home.", "Describe the grid: X, O, X.", "You are in the hall. Exits: a, b."],
)
def test_other_tasks_have_no_secret(text: str) -> None:
    assert _secret(text) is None
