"""The players of practice games: seats for any clemcore model, scripted ones included."""

from typing import Any

from clemcore.backends import Model
from clemcore.clemgame import Player

from games.scripted import NumberedGame


class PracticePlayer(Player):
    """One role of a practice game; programmatic models play it by the script of the game."""

    def __init__(self, model: Model, role: str, master: NumberedGame) -> None:
        """Seats a model.

        Args:
            model: who plays.
            role: the role's name.
            master: the game, which scripted models look into.
        """
        super().__init__(model, game_role=role)
        self._master = master

    def forget(self, prompt: str) -> None:
        """Drops the last exchange from memory; the first message stays, as if it had been acknowledged."""
        if len(self._messages) < 2:
            return  # somebody else keeps the memory
        dropped = self._messages[-2]
        del self._messages[-2:]
        if dropped["content"].startswith(prompt):
            self._messages += [{"role": "user", "content": prompt}, {"role": "assistant", "content": "OK"}]

    def _custom_response(self, context: dict[str, Any]) -> str:
        script = getattr(self.model, "script", None)
        if script is None:
            return self._master.expert(self.game_role)
        return script.reply(self._master, self.game_role)
