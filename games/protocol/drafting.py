"""Drafting: draws the protocol of one instance from a game's voices.

The game names roles, moves and values; what is drawn here is how it all
sounds: reply style, tags, strictness, wording, example dialogue, bullets.
"""

import random
from collections.abc import Mapping, Sequence

from games.protocol.forms import Move, MoveForm
from games.protocol.moves import MoveKind
from games.protocol.record import Protocol, Strictness
from games.protocol.statements import draw_strictness, draw_talk, state_forms, state_strictness, told
from games.protocol.styles import TIGHT_STYLES, draw_forms
from games.protocol.template import fill, load_voices
from games.splits import Split

_COMMON = "games.protocol"
_BULLETS = ("- {}", "* {}", "({letter}) {}", "{number}. {}", "{number}) {}", "{}")
_SPEAKERS = (("", ""), ("", ""), ("Game: ", "You: "), ("Q: ", "A: "), ("[game] ", "[you] "), ("GM> ", "PLAYER> "))
_EXAMPLE_HEADS = ("Here is an example:", "For example:", "A game might go like this:", "Example", "To illustrate:")


class Draft:
    """One protocol in the making."""

    def __init__(
        self,
        rng: random.Random,
        package: str,
        roles: Mapping[str, Sequence[MoveKind]],
        *,
        split: Split,
        styles: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Draws reply styles and strictness.

        Args:
            rng: the source of randomness.
            package: where the game's voices file lies.
            roles: role to the moves it may make.
            split: the test split also speaks in wordings and reply styles that occur in no other.
            styles: role to the reply styles to draw from; all that fit where a role is missing.
        """
        self.rng = rng
        self.unseen = split == "test"
        self.voices = load_voices(package)
        self.says = {
            key: text
            for key, text in self.voices.draw_says(rng, unseen=self.unseen).items()
            if not key.startswith("rule.")
        }
        self.forms: dict[str, MoveForm] = {}
        self.drawn: dict[str, str] = {}
        self.prompts: dict[str, str] = {}
        self._moves = {role: [move.name for move in moves] for role, moves in roles.items()}
        drawn_styles: list[str] = []
        for role, moves in roles.items():
            style, forms = draw_forms(rng, moves, styles=(styles or {}).get(role), unseen=self.unseen)
            self.forms |= forms
            self.drawn[f"{role}.style"] = style
            drawn_styles.append(style)
        strictest = "plain" if "plain" in drawn_styles else drawn_styles[0]
        self.strictness: Strictness = draw_strictness(rng, strictest)
        tight = [style for style in drawn_styles if style in TIGHT_STYLES]
        tight += [style for style in drawn_styles if style == "json"]
        self.talk = draw_talk(rng, tight[0] if tight else drawn_styles[0], unseen=self.unseen)
        for role in roles:
            if told([self.forms[name] for name in self._moves[role]], self.talk):
                self.drawn[f"{role}.stated"] = "words"
        self.drawn["strictness"] = self.strictness.mode + (".retry" if self.strictness.retries else "")

    def form_text(self, role: str) -> str:
        """How the role has to reply, in prose."""
        return state_forms([self.forms[name] for name in self._moves[role]], self.talk)

    def strict_text(self) -> str:
        """What happens to other replies, in prose."""
        return state_strictness(self.strictness, self.talk)

    def rules(self, keys: Sequence[str], **values: object) -> str:
        """The named rules, one wording each, in a drawn order and with drawn bullets."""
        order = list(keys)
        self.rng.shuffle(order)
        bullet = self.rng.choice(_BULLETS)
        lines = [
            bullet.format(fill(self.voices.draw(self.rng, f"rule.{key}"), **values), number=number, letter=letter)
            for number, (key, letter) in enumerate(zip(order, "abcdefghij", strict=False), start=1)
        ]
        return "\n".join(lines)

    def example(self, turns: Sequence[tuple[str, str | Move]], *, share: float = 0.6) -> str:
        """An example dialogue, or "" for some instances.

        Args:
            turns: (who, what) with who "game", "you" or "..." for a gap; moves are written in this instance's form.
            share: how many instances show it.
        """
        if self.rng.random() >= share:
            return ""
        game, you = self.rng.choice(_SPEAKERS)
        lines = [self.rng.choice(_EXAMPLE_HEADS)]
        for who, what in turns:
            text = self.forms[what.name].render(what.fields) if isinstance(what, Move) else what
            lines.append("..." if who == "..." else (game if who == "game" else you) + text)
        self.drawn["example"] = "yes"
        return "\n".join(lines)

    def prompt(self, role: str, **values: object) -> None:
        """Draws a wording for the role's first message and fills it."""
        name, template = self.voices.draw_prompt(self.rng, role, unseen=self.unseen)
        self.drawn[f"{role}.voice"] = name
        self.prompts[role] = fill(template, form=self.form_text(role), strict=self.strict_text(), **values)

    def finish(self, *, says: Mapping[str, str] | None = None, words: Mapping[str, str] | None = None) -> Protocol:
        """The protocol.

        Args:
            says: messages that the game has worked on; the others stay as they were drawn.
            words: the vocabulary.
        """
        common = load_voices(_COMMON).draw_says(self.rng, prefix="again.", unseen=self.unseen)
        return Protocol(
            prompts=self.prompts,
            forms=self.forms,
            says={**common, **self.says, **(says or {})},
            words={**(words or {}), "placeholder": self.talk.placeholder},
            strictness=self.strictness,
            drawn=self.drawn,
        )
