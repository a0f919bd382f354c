"""The rules of codenames: which clues and guesses are fair, who owns a word, when it is won."""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from pydantic import Field, model_validator

from games.instances import Instance
from games.lexicon import associations, kinds, properties, stem
from games.practice import PracticeMaster, RuleBroken
from games.protocol.forms import Move

LEVELS = ("no_opponent", "slow_opponent", "fast_opponent", "related", "risky")
OWNERS = ("team", "opponent", "bystander", "killer")
_PLAIN_CLUES = ("link", "bundle", "trio", "selection", "quartet", "handful", "variety", "assembly", "mixture", "sundry")


class CodenamesInstance(Instance):
    """One board."""

    team: tuple[str, ...] = Field(min_length=1)
    """Words of the team."""
    opponent: tuple[str, ...]
    """Words of the opponent, in the order in which it finds them."""
    bystander: tuple[str, ...]
    """Words of nobody."""
    killer: tuple[str, ...]
    """Words that lose the game."""
    order: tuple[str, ...]
    """All words in the order in which the guesser sees them."""
    opponent_speed: int = Field(ge=0, le=5)
    """Words that the opponent finds after each round."""

    @model_validator(mode="after")
    def _possible(self) -> "CodenamesInstance":
        words = [*self.team, *self.opponent, *self.bystander, *self.killer]
        if sorted(words) != sorted(self.order) or len(set(words)) < len(words):
            raise ValueError("order must hold every word of the board exactly once")
        return self

    def owner(self, word: str) -> str:
        """Whose word it is."""
        return next(owner for owner in OWNERS if word in getattr(self, owner))


def all_kinds() -> dict[str, tuple[str, ...]]:
    """Kinds of things of all splits."""
    return {kind: things for table in kinds().values() for kind, things in table.items()}


def split_list(text: str) -> list[str]:
    """The items of a comma-separated list, in lower case."""
    return [item for item in (part.strip(" .'\"[]").casefold() for part in re.split(r"[,;]", text)) if item]


def judge_clue(clue: str, board: Iterable[str]) -> str:
    """The clue in lower case.

    Raises:
        RuleBroken: it is not one word, or it is a form or part of a word on the board.
    """
    word = clue.strip(" .'\"").casefold()
    if not re.fullmatch(r"[a-z]+", word):
        raise RuleBroken("clue.one_word", "a clue is exactly one word")
    for own in board:
        if stem(word) == stem(own) or (len(own) > 3 and own in word) or (len(word) > 3 and word in own):
            raise RuleBroken("clue.on_board", f"the clue '{word}' is too close to '{own}' on the board")
    return word


class CodenamesMaster(PracticeMaster):
    """Keeps the board."""

    instance_type = CodenamesInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("cluegiver", "guesser")

    def prepare(self) -> None:
        """The cluegiver sees the whole board."""
        self.revealed: list[str] = []
        self.clue = ""
        self.targets: list[str] = []
        self.rounds = 0
        self.found = 0
        self.mistakes = 0
        self._tell_cluegiver("begin")

    def hidden(self, words: Sequence[str]) -> list[str]:
        """Those of the words that nobody has found."""
        return [word for word in words if word not in self.revealed]

    def _tell_cluegiver(self, key: str, **values: object) -> None:
        lists = {owner: ", ".join(self.hidden(getattr(self.instance, owner))) or "(none)" for owner in OWNERS}
        self.tell("cluegiver", key, **lists, **values)

    def allowed(self, role: str) -> tuple[str, ...]:
        """Clues or guesses."""
        return ("clue",) if role == "cluegiver" else ("guess",)

    def play(self, role: str, move: Move) -> None:
        """Takes a clue or a list of guesses."""
        try:
            if role == "cluegiver":
                self._clue(move)
            else:
                self._guess(move)
        except RuleBroken as broken:
            if self.protocol.strictness.retries:
                broken.consequence, broken.retries = "retry", self.protocol.strictness.retries
            raise

    def _clue(self, move: Move) -> None:
        board = self.hidden(self.instance.order)
        clue = judge_clue(move["clue"], board)
        targets = split_list(move["targets"])
        mine = self.hidden(self.instance.team)
        wrong = [word for word in targets if word not in mine]
        if wrong:
            raise RuleBroken("targets.not_ours", f"'{wrong[0]}' is not one of your remaining team words")
        if not targets or len(set(targets)) < len(targets):
            raise RuleBroken("targets.repeated", "name each target word once, and at least one")
        self.clue, self.targets = clue, targets
        self.tell("guesser", "clue", clue=clue, number=len(targets), board=", ".join(board))

    def _guess(self, move: Move) -> None:
        guesses = split_list(move["guesses"])
        board = self.hidden(self.instance.order)
        wrong = [word for word in guesses if word not in board]
        if wrong:
            raise RuleBroken("guess.not_on_board", f"'{wrong[0]}' is not among the remaining words")
        if not guesses or len(guesses) > len(self.targets):
            raise RuleBroken("guess.count", f"give between 1 and {len(self.targets)} words")
        if len(set(guesses)) < len(guesses):
            raise RuleBroken("guess.repeated", "name each word once")
        self._reveal(guesses)

    def _reveal(self, guesses: list[str]) -> None:
        right: list[str] = []
        wrong = ""
        for word in guesses:
            self.revealed.append(word)
            owner = self.instance.owner(word)
            self.log_to_self("revealed", {"word": word, "owner": owner})
            if owner != "team":
                wrong = word
                break
            right.append(word)
        self.rounds += 1
        self.found += len(right)
        self.mistakes += bool(wrong)
        owner = self.instance.owner(wrong) if wrong else "team"
        penalty = {"team": 0.0, "bystander": 0.1, "opponent": 0.3, "killer": 1.0}[owner]
        for role in self.roles:
            self.reward(role, len(right) / len(self.instance.team) - penalty, "words found")
        if owner == "killer":
            self.lose("killer.hit")
        elif not self.hidden(self.instance.team):
            self.win()
        elif self._opponent_is_through():
            self.lose("opponent.first")
        else:
            self._next_round(right, wrong, owner)

    def _opponent_is_through(self) -> bool:
        self.revealed += self.hidden(self.instance.opponent)[: self.instance.opponent_speed]
        return not self.hidden(self.instance.opponent) and bool(self.instance.opponent)

    def _next_round(self, right: list[str], wrong: str, owner: str) -> None:
        hits = ", ".join(right) or self.protocol.words["nothing"]
        key = "missed" if wrong else "hit"
        result = self.protocol.say(key, right=hits, wrong=wrong, owner=self.protocol.words[owner])
        self._tell_cluegiver("again", result=result)

    def metrics(self) -> dict[str, float]:
        """100 for a win; how many words were found, how fast."""
        won = self._ended.get("outcome") == "won"
        return {
            "score": 100.0 if won else 0.0,
            "Rounds": self.rounds,
            "Recall": round(self.found / len(self.instance.team), 4),
            "Words per Round": round(self.found / max(1, self.rounds), 4),
            "Mistakes": self.mistakes,
        }

    def expert(self, role: str) -> str:
        """Words of a kind where three of them are left, else any three; the guesser knows which."""
        if role == "guesser":
            return self.protocol.render(Move(name="guess", fields={"guesses": ", ".join(self.targets)}))
        mine = self.hidden(self.instance.team)
        for kind, things in sorted(all_kinds().items()):
            group = [word for word in mine if word in things]
            if len(group) > 2 and self._is_fair(kind):
                return self._write_clue(kind, ", ".join(group))
        return self._write_clue(self._fair_clue(), ", ".join(mine[:3]))

    def demonstrate(self, role: str) -> str:
        """A clue that goes with its words: their kind, as many as there are, or what comes to mind at a word."""
        return self.expert(role) if role == "guesser" else self._meaningful_clue() or self.expert(role)

    def _meaningful_clue(self) -> str:
        mine = self.hidden(self.instance.team)
        others = [word for word in self.hidden(self.instance.order) if word not in mine]
        groups = {kind: [word for word in mine if word in things] for kind, things in sorted(all_kinds().items())}
        shared = {kind for kind, things in all_kinds().items() if any(word in things for word in others)}
        ordered = sorted((kind for kind in groups if groups[kind]), key=lambda own: -len(groups[own]))
        for kind in (own for own in ordered if own not in shared):
            if clue := self._clue_for(kind):
                return self._write_clue(clue, ", ".join(groups[kind]))
        for entry in associations():
            clue = next((word for word in entry.related if self._is_fair(word)), "")
            if entry.target in mine and clue:
                return self._write_clue(clue, entry.target)
        unclear = next((kind for kind in ordered if self._clue_for(kind)), "")
        return self._write_clue(self._clue_for(unclear), ", ".join(groups[unclear])) if unclear else ""

    def _clue_for(self, kind: str) -> str:
        """The name of a kind, or else something that is true of that kind alone; "" when nothing is fair."""
        own = sorted(word for word in properties()[kind] if sum(word in words for words in properties().values()) == 1)
        return next((clue for clue in (kind, *own) if self._is_fair(clue)), "")

    def _write_clue(self, clue: str, targets: str) -> str:
        return self.protocol.render(Move(name="clue", fields={"clue": clue, "targets": targets}))

    def _fair_clue(self) -> str:
        return next(clue for clue in _PLAIN_CLUES[self.rounds :] if self._is_fair(clue))

    def _is_fair(self, clue: str) -> bool:
        try:
            judge_clue(clue, self.hidden(self.instance.order))
        except RuleBroken:
            return False
        return True

    def blunders(self, role: str) -> dict[str, str]:
        """Unfair clues, guesses off the board, too many of them, and broken forms."""
        if role == "guesser":
            board = self.hidden(self.instance.order)

            def guess(words: list[str]) -> str:
                return self.protocol.render(Move(name="guess", fields={"guesses": ", ".join(words)}))

            return {
                "guess.not_on_board": guess(["zeppelin"]),
                "guess.count": guess(board[: len(self.targets) + 1]),
                "guess.repeated": guess([board[0], board[0]]),
            } | self.form_blunders(role, Move(name="guess", fields={"guesses": board[0]}))
        own = self.hidden(self.instance.team)[0]
        return {
            "clue.one_word": self._write_clue("two words", own),
            "clue.on_board": self._write_clue(own, own),
            "targets.not_ours": self._write_clue(self._fair_clue(), self.hidden(self.instance.bystander)[0]),
            "targets.repeated": self._write_clue(self._fair_clue(), f"{own}, {own}"),
        } | self.form_blunders(role, Move(name="clue", fields={"clue": self._fair_clue(), "targets": own}))
