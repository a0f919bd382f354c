"""Judge: agreeing or disagreeing with a word that somebody else proposes.

Agrees when the word breaks no feedback and is not absurd for the hint. Knows
beliefs; knows no wording.
"""

import re
from dataclasses import dataclass, replace

from memory.belief import ABSENT, EXACT, Clue, contradicts, mark
from memory.events import Source
from memory.facts import Fact, latest
from memory.feedback import read_clues
from planner.session import Option, Proposal, Ranker, Session
from planner.slots import in_voice, verdict_slot
from planner.wordgame import Situation, read_hint, read_marking

PROPOSED = ("guess", "word", "proposal", "answer", "attempt", "candidate", "try", "suggestion", "solution", "entry")
_REMARK = re.compile(r"\s*\(.*$")
_SHOWN = re.compile(
    r"\b(?:suppose|if\s+the|illustrat\w*|for\s+instance|say)\b[^.:\n]{0,40}\b(?:word|secret)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The policy for a critic of guesses.

    Attributes:
        ranker: the language model's opinion whether a word goes with a hint; None to go by feedback alone.
        doubt: how many nats less likely than the best-known answer to the hint a word may be.
    """

    ranker: Ranker | None = None
    doubt: float = 4.0
    name: str = "judge"

    def fits(self, session: Session) -> float:
        """High when a form asks for yes or no and the newest message proposes a word."""
        if not any(verdict_slot(form) is not None for form in session.rulebook.forms):
            return 0.0
        proposed = proposed_word(session)
        if proposed is None:
            return 0.0
        about_letters = session.rulebook.legend is not None or session.rulebook.letters is not None
        return 0.9 if about_letters else 0.0

    def propose(self, session: Session) -> Proposal:
        """The verdict with its reason."""
        fact = proposed_word(session)
        if fact is None:
            return Proposal(policy=self.name)
        word = fact.value.casefold()
        situation = judged_situation(session, word)
        agrees, reason = verdict(word, situation)
        if agrees and situation.hint and self.ranker is not None and self._is_absurd(word, situation.hint):
            agrees, reason = False, f'"{word}" has little to do with the clue "{situation.hint}".'
        options: list[Option] = []
        for index, form in enumerate(session.rulebook.forms):
            found = verdict_slot(form)
            if found is not None:
                slot, yes, no = found
                said = in_voice(session.rulebook, reason)
                options.append(
                    Option(form=index, fills={slot.name: yes if agrees else no}, score=1.0, reason=said, certain=True)
                )
        return Proposal(policy=self.name, options=tuple(options))

    def _is_absurd(self, word: str, hint: str) -> bool:
        """Whether the model finds the word far less at home with the hint than a word for anything."""
        if self.ranker is None:
            return False
        with_hint = self.ranker.rank(f'Which single word fits the clue "{hint}"? Answer with the word only.', [word])[0]
        without = self.ranker.rank("Say any single English word. Answer with the word only.", [word])[0]
        return with_hint < without - self.doubt


def _is_shown(fact: Fact, session: Session) -> bool:
    """Whether a statement belongs to an example of the feedback and not to the game."""
    return _SHOWN.search(session.memory.around(fact, before=60)[:72]) is not None


def proposed_word(session: Session) -> Fact | None:
    """The word that the newest game message proposes; None when it proposes none."""
    newest = session.memory.newest(Source.GAME)
    if newest is None:
        return None
    own_slots = {slot.name for form in session.rulebook.forms for slot in form.slots}
    stated = (
        replace(fact, value=_REMARK.sub("", fact.value))
        for fact in session.memory.facts
        if fact.turn == newest.index and not _is_shown(fact, session)
    )
    facts = [
        fact for fact in stated if fact.value.isalpha() and " " not in fact.value and fact.relation not in own_slots
    ]
    labels = tuple(label for label in PROPOSED if label not in own_slots)
    for length in (session.rulebook.letters, None):
        fitting = [fact for fact in facts if length is None or len(fact.value) == length]
        found = latest(fitting, labels)
        if found is not None:
            return found
    return None


def judged_situation(session: Session, word: str) -> Situation:
    """What the judge knows of the hidden word: feedback in the messages, put to the words proposed before."""
    labels = tuple(f" {label}" for label in PROPOSED)
    others = [
        (fact.turn, fact.value.casefold())
        for fact in session.memory.facts
        if fact.labelled and not fact.subject and f" {fact.relation}".endswith(labels) and len(fact.value) == len(word)
    ]
    marking = read_marking(session, session.rulebook.letters or len(word))
    clues = read_clues(session.memory.events, marking, session.rulebook.letters or len(word), others=others)
    return Situation(length=len(word), clues=clues, refused=frozenset(), hint=read_hint(session))


def verdict(word: str, situation: Situation) -> tuple[bool, str]:
    """Whether the word can be the hidden one, and a sentence that says why."""
    for clue in situation.clues:
        if clue.guess == word:
            return False, f'"{word}" was guessed before and was not right.'
        if contradicts(clue, word):
            return False, f'"{word}" cannot be right: {_conflict(word, clue)}.'
    hint = f' and goes with the clue "{situation.hint}"' if situation.hint else ""
    if situation.clues:
        return True, f'"{word}" agrees with all the feedback so far{hint}.'
    return True, f'"{word}" has {situation.length} letters{hint}, and no feedback speaks against it.'


def _conflict(word: str, clue: Clue) -> str:
    """The first thing about the word that the clue rules out."""
    simulated = mark(clue.guess, word) if len(word) == len(clue.guess) else ()
    for place, (letter, said, would) in enumerate(zip(clue.guess, clue.marks, simulated, strict=False)):
        if said == would:
            continue
        if said == EXACT:
            return f"position {place + 1} must be '{letter}'"
        if said == ABSENT and letter in word:
            return f"the feedback leaves no room for this '{letter}'"
        if would == EXACT:
            return f"'{letter}' is not in position {place + 1}"
        return f"it lacks the letter '{letter}'"
    return "it has the wrong number of letters"
