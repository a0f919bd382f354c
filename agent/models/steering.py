"""Keeping a decoder inside a grammar: masks, forced tokens, legal endings.

Compiles grammars with Outlines' llguidance backend and walks them with the
matcher beneath it, which can also say which tokens are forced. Knows no
weights. An error in a matcher is raised: decoding never falls back to free
text in silence.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from llguidance import LLMatcher, LLParserLimits
from outlines.backends.llguidance import LLGuidanceBackend

from agent.errors import GrammarError
from constraints.grammar import Grammar

_COMPILED = 128  # grammars kept
_BEAM = 6  # unfinished replies looked at side by side when an end is sought
_DEPTH = 48  # tokens that such an end may have
_LEAVING = "\n \t.,;:!?)]}>\"'*-/(|"  # characters with which a model leaves a value that it takes for finished
_CLOSERS = ("\n", '"', "'", "}", "]", ")", ">", ".", ",", " ", ":", "0", "1", "a", "e", "o", "s", "A")


class Grammars:
    """Compiled grammars of one model, by their text; the least recently used are forgotten."""

    def __init__(self, backend: LLGuidanceBackend, *, vocabulary_size: int, end_ids: Collection[int]) -> None:
        """Takes the backend, built once for the model.

        Args:
            backend: Outlines' llguidance backend.
            vocabulary_size: length of a logits row.
            end_ids: every token that ends a message.
        """
        self._backend = backend
        self._size = vocabulary_size
        self._ends = np.array(sorted(end_ids), dtype=np.int64)
        self._compiled: OrderedDict[str, LLMatcher] = OrderedDict()
        # Room for a few hundred excluded words; they are caps, not costs. Patterns are worked out as far as they are
        # walked: with 200 excluded words a grammar is ready in 6 ms instead of 120.
        self._limits = LLParserLimits(
            initial_lexer_fuel=50_000_000, step_lexer_fuel=50_000_000, precompute_large_lexemes=False
        )
        tokenizer = backend.llg_tokenizer
        singles = (tokenizer.tokenize_str(text) for text in _CLOSERS)
        self._closers = [ids[0] for ids in singles if len(ids) == 1]
        leaving = {char.encode(): tokenizer.tokenize_str(char) for char in _LEAVING}
        self._leaving = {char: ids[0] for char, ids in leaving.items() if len(ids) == 1}

    def steer(self, grammar: Grammar) -> "Steering":
        """A fresh walk through a grammar.

        Raises:
            GrammarError: the grammar cannot be compiled.
        """
        matcher = self._compiled.get(grammar.lark)
        if matcher is None:
            matcher = self._compile(grammar.lark)
            self._compiled[grammar.lark] = matcher
            if len(self._compiled) > _COMPILED:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(grammar.lark)
        return Steering(
            matcher.deep_copy(), size=self._size, ends=self._ends, closers=self._closers, leaving=self._leaving
        )

    def _compile(self, lark: str) -> LLMatcher:
        try:
            spec: str = self._backend.get_cfg_logits_processor(lark).grammar
        except ValueError as error:
            raise GrammarError(f"the grammar cannot be compiled: {error}") from error
        matcher = LLMatcher(self._backend.llg_tokenizer, spec, log_level=0, limits=self._limits)
        if matcher.is_error():
            raise GrammarError(f"the grammar cannot be compiled: {matcher.get_error()}")
        return matcher


class Steering:
    """One walk through a grammar, token by token."""

    def __init__(
        self,
        matcher: LLMatcher,
        *,
        size: int,
        ends: npt.NDArray[np.int64],
        closers: Sequence[int],
        leaving: Mapping[bytes, int],
    ) -> None:
        self._matcher = matcher
        self._size = size
        self._ends = ends
        self._end_set = frozenset(ends.tolist())
        self._closers = closers
        self._leaving = leaving

    @property
    def accepting(self) -> bool:
        """True when the reply so far is a whole legal reply."""
        return self._matcher.is_accepting()

    @property
    def stopped(self) -> bool:
        """True when nothing more may be said."""
        if not self._matcher.is_stopped():
            return False
        if self._matcher.is_error():
            raise GrammarError(f"the grammar failed: {self._matcher.get_error()}")
        if not self._matcher.is_accepting():
            raise GrammarError(f"the grammar stopped in the middle of a reply: {self._matcher.stop_reason()}")
        return True

    def forced(self) -> list[int]:
        """Takes and returns the tokens that the grammar leaves no choice about."""
        if self.stopped:
            return []
        ids = self._matcher.compute_ff_tokens()
        if ids and not self._matcher.consume_tokens(ids):
            raise GrammarError(f"the grammar's own tokens were refused: {self._matcher.get_error()}")
        return ids

    def permits(self, token: int) -> bool:
        """Whether a token may come next; a thousand times as fast as asking which tokens may."""
        if token in self._end_set:
            return self.accepting
        permitted = self._matcher.validate_tokens([token]) == 1
        if self._matcher.is_error():
            raise GrammarError(f"the grammar failed: {self._matcher.get_error()}")
        return permitted

    def allowed(self) -> npt.NDArray[np.int64]:
        """Ids of the tokens that may come next, the tokens that end the message included where it may end."""
        ids = _set_bits(self._matcher, self._size)
        if np.isin(self._ends, ids).any():
            ids = np.union1d(ids, self._ends)
        if not len(ids):
            raise GrammarError("the grammar leaves no token to go on with")
        return ids

    def take(self, token: int) -> None:
        """Goes on by one token, which must be allowed and not end the message."""
        if not self._matcher.consume_token(token):
            raise GrammarError(f"the grammar refused an allowed token: {self._matcher.get_error()}")

    def is_left_by(self, text: bytes) -> bool:
        """Whether the model, by what it would say next, leaves a reply that may end here.

        A number is followed by a blank or a full stop that the grammar does not hold: then the number is complete, and
        going on with the likeliest further digit would spoil it. A word that is barred in the middle of a text is
        another matter: there a blank might follow.

        Args:
            text: what the model would say, were there no grammar.
        """
        mark = self._leaving.get(text[:1])
        return mark is not None and self.accepting and not self.permits(mark)

    def ending(self, preferred: Sequence[int]) -> list[int] | None:
        """A short way to a whole legal reply, without asking the model.

        Args:
            preferred: tokens that the model would like next, best first.

        Returns:
            The tokens to append, or None where no end was found within the effort allowed.
        """
        if self.accepting:
            return []
        beam: list[tuple[LLMatcher, list[int]]] = [(self._matcher, [])]
        for depth in range(_DEPTH):
            wider: list[tuple[LLMatcher, list[int]]] = []
            tokens = [*self._closers, *preferred] if depth == 0 else self._closers
            for matcher, path in beam:
                for branch, taken in self._branches(matcher, tokens):
                    if branch.is_accepting():
                        return path + taken
                    wider.append((branch, path + taken))
            # The branch that was forced furthest is nearest to an end.
            beam = sorted(wider, key=lambda grown: -len(grown[1]))[:_BEAM]
        return None

    def _branches(self, matcher: LLMatcher, tokens: Sequence[int]) -> list[tuple[LLMatcher, list[int]]]:
        """The walks one choice further, each with the tokens forced after it."""
        legal = set(_set_bits(matcher, self._size).tolist()) - set(self._ends.tolist())
        choices = [token for token in dict.fromkeys(tokens) if token in legal] or sorted(legal)[:_BEAM]
        grown: list[tuple[LLMatcher, list[int]]] = []
        for token in choices:
            branch = matcher.deep_copy()
            if not branch.consume_token(token):
                continue
            forced = branch.compute_ff_tokens() if not branch.is_stopped() else []
            if not forced or branch.consume_tokens(forced):
                grown.append((branch, [token, *forced]))
        return grown


def _set_bits(matcher: LLMatcher, size: int) -> npt.NDArray[np.int64]:
    """Token ids that a matcher allows next."""
    mask = matcher.compute_bitmask()
    if matcher.is_error():
        raise GrammarError(f"the grammar failed: {matcher.get_error()}")
    bits = np.unpackbits(np.frombuffer(mask, dtype=np.uint8), bitorder="little")
    return np.flatnonzero(bits[:size])
