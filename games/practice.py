"""What all practice games share: the master that parses by protocol, asks again, attributes faults and logs.

A game adds its rules: which moves are legal now, what a move does, and how an
episode is scored. No wording is known here.
"""

from typing import Any, ClassVar, Literal

from clemcore.backends import Model
from clemcore.clemgame import DialogueGameMaster, GameError, GameSpec, ParseError, Player
from clemcore.clemgame.master import Outcome
from clemcore.clemgame.metrics import METRIC_ABORTED, METRIC_LOSE, METRIC_SUCCESS

from games.benchmark import ENDED, METRICS
from games.errors import UserError
from games.instances import Instance, check_level, load_instance
from games.player import PracticePlayer
from games.protocol.forms import Move
from games.protocol.record import Protocol
from games.protocol.statements import FormTalk, short_shape
from games.rewards import final_reward

Consequence = Literal["abort", "lose", "retry"]


class RuleBroken(GameError):
    """A reply in legal form that breaks a rule of the game."""

    def __init__(self, rule: str, detail: str, *, consequence: Consequence = "abort", retries: int = 0) -> None:
        """Names the rule.

        Args:
            rule: stable name of the rule ("clue.forbidden_word").
            detail: half a sentence that says what was wrong.
            consequence: what follows; "retry" aborts once `retries` are used up.
            retries: how often this reply may be asked for again.
        """
        super().__init__(detail, None, rule)
        self.consequence: Consequence = consequence
        self.retries = retries


def _chances(game: str, value: object) -> int:
    """Checks the number of chances that an experiment gives to every reply."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 9:
        return value
    raise UserError(f"{game}: field 'corrective' of the experiment must be a number from 0 to 9, got {value!r}.")


def _lenient(protocol: Protocol, retries: int) -> Protocol:
    """The protocol with corrective feedback: that many chances for each reply, and every time what was wrong."""
    if not retries:
        return protocol
    strictness = protocol.strictness.model_copy(
        update={"retries": max(retries, protocol.strictness.retries), "explain": True}
    )
    return protocol.model_copy(update={"strictness": strictness})


class PracticeMaster(DialogueGameMaster):
    """A game master whose wording, forms and strictness come from the instance.

    An experiment may hold "corrective": a number of chances that every reply
    gets, with the reason why the last one was refused, whatever the prompt
    threatens. It is a switch for learning, off by default.
    """

    instance_type: ClassVar[type[Instance]]
    """The record of an instance of this game."""
    levels: ClassVar[tuple[str, ...]]
    """The experiments of this game, easiest first."""
    roles: ClassVar[tuple[str, ...]]
    """The roles in the order of the players."""

    def __init__(self, game_spec: GameSpec, experiment: dict[str, Any], player_models: list[Model]) -> None:
        """Prepares an episode; `setup` gives it an instance."""
        super().__init__(game_spec, experiment, player_models)
        check_level(game_spec.game_name, experiment.get("name"), self.levels)
        self.corrective = _chances(game_spec.game_name, experiment.get("corrective", 0))
        self.instance: Any  # of the game's own instance type
        self.protocol: Protocol
        self.rewards: list[dict[str, Any]] = []
        self._again = False
        self._retries_used = 0
        self._seats: dict[str, PracticePlayer] = {}
        self._ended: dict[str, Any] = {}

    # --- what a game fills in -------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Sets up the game's own state and the players' first messages."""
        raise NotImplementedError

    def allowed(self, role: str) -> tuple[str, ...]:
        """Names of the moves that are legal for the role now."""
        raise NotImplementedError

    def play(self, role: str, move: Move) -> None:
        """Applies a move in legal form.

        Raises:
            RuleBroken: the move breaks a rule of the game.
        """
        raise NotImplementedError

    def metrics(self) -> dict[str, float]:
        """What the scorer reports; the key "score" is the main score, 0 to 100."""
        raise NotImplementedError

    def expert(self, role: str) -> str:
        """The reply of a player who has read the instance."""
        raise NotImplementedError

    def demonstrate(self, role: str) -> str:
        """A sensible reply from what the role knows; the expert's where the expert knows no more."""
        return self.expert(role)

    def blunders(self, role: str) -> dict[str, str]:
        """Replies that break a rule now, by the name of the rule they must be rejected for."""
        raise NotImplementedError

    def form_blunders(self, role: str, move: Move) -> dict[str, str]:
        """Replies that break the form, made from a legal move of the role."""
        forms = [self.protocol.forms[name] for name in self.allowed(role)]
        good = self.protocol.render(move)
        found = {"form.empty": "  \n "}
        if all(form.is_open for form in forms):
            return found | {"form.extra": f"{good}\nand then some"}
        found["form.missing"] = "~~ I would rather talk about the weather. ~~"
        found["form.several"] = f"{good}\n\n{good}"
        if self.protocol.strictness.mode == "exact":
            found["form.extra"] = f"{good}\n\n~~ and a word on the weather ~~"
        return found

    # --- the turn -------------------------------------------------------------------------------------------

    def _on_setup(self, **game_instance: Any) -> None:
        self.instance = load_instance(self.instance_type, game_instance, game=self.game_spec.game_name)
        self.protocol = _lenient(self.instance.protocol, self.corrective)
        for role, model in zip(self.roles, self.player_models, strict=False):
            if role not in self.protocol.prompts:
                raise UserError(f"{self.game_spec.game_name}: field 'protocol.prompts' has no text for the {role}.")
            self._seats[role] = PracticePlayer(model, role, self)
            self.add_player(self._seats[role], initial_prompt=self.protocol.prompts[role])
        try:
            self.prepare()
        except KeyError as missing:
            name = self.game_spec.game_name
            raise UserError(
                f"{name}: the instance's protocol lacks {missing} in 'says', 'forms' or 'words'."
            ) from missing

    def tell(self, role: str, key: str, **values: object) -> None:
        """Sets what a role hears next."""
        self.set_context_for(self._seats[role], self.protocol.say(key, **values))

    def _parse_response(self, player: Player, response: str) -> Any:
        self._again = False
        return self.protocol.parse(response, self.allowed(player.game_role))

    def _advance_game(self, player: Player, parsed_response: Any) -> None:
        self.play(player.game_role, parsed_response)
        self._retries_used = 0
        self.log_to_self("move", {"role": player.game_role, **parsed_response.model_dump()})

    def _on_parse_error(self, error: ParseError) -> None:
        retries = self.protocol.strictness.retries
        self._fault(error.key or "form.missing", error.reason or "", "retry", retries)

    def _on_game_error(self, error: GameError) -> None:
        assert isinstance(error, RuleBroken), error
        self._fault(error.key or "", error.reason or "", error.consequence, error.retries)

    def _fault(self, rule: str, detail: str, consequence: Consequence, retries: int) -> None:
        player = self.current_player
        if self.corrective:
            consequence, retries = "retry", max(retries, self.corrective)
        again = consequence == "retry" and self._retries_used < retries
        outcome = "asked again" if again else "lost" if consequence == "lose" else "aborted"
        fault = {"rule": rule, "role": player.game_role, "player": player.name, "detail": detail, "outcome": outcome}
        self.log_to_self("violation", fault)
        self.reward(player.game_role, -1.0 if not again else -0.2, rule)
        if again:
            self._again = True
            self._retries_used += 1
            self.set_context_for(player, self.again_message(player.game_role, detail))
            return
        self._ended = fault
        if consequence == "lose":
            self.state.failed()
        else:
            self.state.abort()

    def again_message(self, role: str, detail: str) -> str:
        """What a player hears who has to reply again."""
        if not self.protocol.strictness.explain:
            return self.protocol.say("again.bare")
        forms = [self.protocol.forms[name] for name in self.allowed(role)]
        talk = FormTalk(placeholder=self.protocol.words.get("placeholder", "angle"))
        return self.protocol.say("again.explained", problem=detail, shape=short_shape(forms, talk))

    def _should_pass_turn(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        return not self._again

    def _start_next_round(self) -> bool:
        return not self._again and self.round_over()

    def round_over(self) -> bool:
        """True when the turn just taken was the last of its round."""
        return self._current_player_idx == 0

    # --- records --------------------------------------------------------------------------------------------

    def reward(self, role: str, value: float, reason: str) -> None:
        """Notes a dense reward of the current turn, between -1 and 1."""
        note = {"role": role, "value": round(value, 4), "reason": reason, "round": self.current_round}
        self.rewards.append(note)
        self.info["turn_score"] = self.info.get("turn_score", 0.0) + note["value"]
        self.log_to_self("reward", note)

    def win(self) -> None:
        """Ends the episode as won."""
        self._ended = {"outcome": "won"}
        self.state.succeed()

    def lose(self, reason: str) -> None:
        """Ends the episode as lost without a broken rule."""
        self._ended = {"outcome": "lost", "rule": reason}
        self.state.failed()

    def give_up(self, reason: str) -> None:
        """Aborts the episode for a limit that the current player ran into."""
        player = self.current_player
        self._ended = {"outcome": "aborted", "rule": reason, "role": player.game_role, "player": player.name}
        self.log_to_self("violation", {**self._ended, "detail": reason})
        self.state.abort()

    @property
    def number(self) -> int:
        """The number of the instance."""
        return self.instance.game_id

    @property
    def ended(self) -> dict[str, Any]:
        """How the episode ended: outcome, rule, role and player; empty while it runs."""
        return self._ended

    @property
    def aborted(self) -> bool:
        """True when the episode ended without a score."""
        return self.state.outcome is Outcome.ABORTED

    def _on_after_game(self) -> None:
        outcome = self.state.outcome
        metrics = self.metrics()
        self.log_to_self("end", self._ended)
        self.log_key(METRIC_ABORTED, int(outcome is Outcome.ABORTED))
        self.log_key(METRIC_LOSE, int(outcome is Outcome.FAILURE))
        self.log_key(METRIC_SUCCESS, int(outcome is Outcome.SUCCESS))
        self.log_key(ENDED, self._ended)
        self.log_key(METRICS, metrics)
        self.info["episode_score"] = 0.0 if self.aborted else metrics["score"]
        self.info["ended"] = self._ended
        self.info["rewards"] = {role: final_reward(self._ended, metrics["score"], role) for role in self.roles}
