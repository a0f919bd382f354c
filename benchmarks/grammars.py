"""Grammars to measure compilers with: those of real turns, and a few that are as large as grammars get.

The real ones are read from the messages of practice games that scripted experts play.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from constraints.grammar import Grammar
from constraints.moment import Moment
from constraints.reader import read
from constraints.rulebook import Rule, Rulebook, RuleKind
from constraints.span import Span
from constraints.turn import constrain
from games import school
from games.arena import Episode, EpisodeStore, Row, find_games, play
from games.arena.harness import load_clemcore
from games.catalogue import find_game
from memory.lexicon import frequent_words

NOWHERE = Span(message=0, start=0, end=0, text="")
MOMENT = Moment(text_tokens=40, reply_tokens=100)


def of_turns(count: int, seed: int) -> dict[str, Grammar]:
    """The different grammars of all turns of practice games, by what they bind; settled replies are left out.

    Args:
        count: instances of each game.
        seed: of the instances.
    """
    load_clemcore()
    from games.scripted import expert_model  # late: it needs clemcore

    catalogue, found = find_games(), dict[str, Grammar]()
    for name in school.GAMES:
        (game,) = catalogue.select([find_game(name).name])
        rows = [
            Row(experiment=row["experiment"], game_instance=row["game_instance"], origin=name)
            for row in school.rows(name, split="train", count=count, seed=seed)
        ]
        with tempfile.TemporaryDirectory() as folder, EpisodeStore.open(Path(folder), config={}, seed=seed) as store:
            play(game, rows, [expert_model()], label="expert", store=store)
            for episode in store.episodes():
                for chat in chats(episode):
                    found |= {grammar.lark: grammar for grammar in of_chat(chat) if grammar.only_reply is None}
    return found


def chats(episode: Episode) -> list[list[tuple[bool, str]]]:
    """What each player heard and said in an episode: whether it said it itself, and the text."""
    by_player: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for turn in episode.interactions["turns"]:
        for event in turn:
            action = event["action"]
            if action["type"] == "send message":
                by_player[event["to"]].append((False, action["content"]))
            elif action["type"] == "get message":
                by_player[event["from"]].append((True, action["content"]))
    return list(by_player.values())


def of_chat(chat: Sequence[tuple[bool, str]]) -> Iterator[Grammar]:
    """The grammar before each of a player's own messages."""
    rulebook = Rulebook()
    for index, (own, text) in enumerate(chat):
        grammar = constrain(rulebook, moment=MOMENT).grammar() if own else None
        if grammar is not None:
            yield grammar
        rulebook = read(rulebook, text, own=own, message=index)


def large() -> dict[str, Grammar]:
    """Grammars with many excluded words, many choices, long lists."""
    words = tuple(word for word in frequent_words(8000) if word.isalpha() and len(word) > 3)
    clue = Slot(name="clue", kind=SlotKind.TEXT)
    out: dict[str, Grammar] = {}
    for count in (50, 200):
        barred = Rule(kind=RuleKind.FORBIDDEN_WORDS, span=NOWHERE, confidence=1.0, words=words[100 : 100 + count])
        out[f"{count} excluded words"] = of_slot(clue, (barred,))
    for count in (500, 1500, 5000):
        choice = Slot(name="word", kind=SlotKind.CHOICE, options=words[:count])
        out[f"choice of {len(choice.options)} words"] = of_slot(choice)
    for count in (25, 60, 150, 400):
        listed = Slot(name="words", kind=SlotKind.LIST, options=words[:count], low=1, high=9)
        out[f"list from {count} words"] = of_slot(listed)
    return out


def of_slot(slot: Slot, rules: tuple[Rule, ...] = ()) -> Grammar:
    """The grammar of a reply that is a tag and one slot."""
    form = ReplyForm(parts=(Literal(text="SAY: "), slot), span=NOWHERE, confidence=1.0)
    grammar = constrain(Rulebook(forms=(form,), rules=rules), moment=MOMENT).grammar()
    assert grammar is not None
    return grammar
