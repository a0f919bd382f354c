"""A reader that asks the language model where the deterministic one is at a loss.

The deterministic reader reads every message first. Only where it read no form,
or an unsure one, from the first message of what looks like a game that demands
one, the model fills in the same understanding under a JSON grammar: once per
prompt, greedily, without a time limit, so that the assisted rulebook is a pure
function of prompt and model. A model that fails at prompts whose forms are
known is not asked any further. What can be believed of it is `agent.anchoring`'s
business.
"""

from dataclasses import dataclass, field

from pydantic import ValidationError

from agent.anchoring import demands, looks_like_a_game, merge
from agent.errors import GrammarError
from agent.filled_form import NOTHING, FilledForm, form_grammar, option_candidates, tag_candidates
from agent.fold import Read
from agent.models.language_model import Completion, LanguageModel, Sampling
from agent.reading_cache import ReadingCache
from agent.reading_trial import TRIALS, Trial
from agent.transcript import Message
from constraints.reader import read
from constraints.rulebook import Rulebook

UNSURE = 0.6
"""Forms read with less confidence than this call for help."""

_ANSWER_TOKENS = 220
_SHOWN_CHARACTERS = 5_000
_QUESTION = (
    "Here is the first message of a game.\n\n<<<\n{prompt}\n>>>\n\n"
    "What must a player's reply to it look like? Fill in this JSON record: "
    "fixed_form: whether the reply must have a certain form; "
    "replies: the alternatives, each a list of lines, each line with the tag that it begins with "
    '("" if there is none) and the kind of value that follows; '
    "options: the values among which the player chooses; forbidden: words that the player may not say; "
    "one_line, one_word: whether the whole reply is one line, one word."
)


@dataclass(slots=True, kw_only=True)
class AssistedReader:
    """The reader of an agent whose language model helps it to read (`agent.fold.Read`).

    Attributes:
        model: who helps.
        cache: what it read before.
        base: the reader that comes first.
        trials: what the model must be able to read before it is believed.
        asked: what the model was asked and has not yet been put on a bill.
    """

    model: LanguageModel
    cache: ReadingCache
    base: Read = read
    trials: tuple[Trial, ...] = TRIALS
    asked: list[Completion] = field(default_factory=list[Completion])

    def __call__(self, rulebook: Rulebook, text: str, *, own: bool, message: int) -> Rulebook:
        """Folds one message into the rulebook."""
        found = self.base(rulebook, text, own=own, message=message)
        if own or rulebook.heard > 0 or not needs_help(found, text):
            return found
        return merge(found, self.reading(text), text, message) if self.trusted() else found

    def trusted(self) -> bool:
        """Whether the model reads prompts whose forms are known; tried once, when help is first needed."""
        return all(trial.passed(self.reading(trial.prompt)) for trial in self.trials)

    def reading(self, prompt: str) -> FilledForm:
        """What the model says about a prompt; asked once."""
        known = self.cache.get(prompt)
        if known is None:
            known = self._asked(prompt)
            self.cache.put(prompt, known)
        return known

    def billed(self) -> list[Completion]:
        """What the model was asked since this was last called."""
        billed, self.asked = self.asked, []
        return billed

    def _asked(self, prompt: str) -> FilledForm:
        grammar = form_grammar(tag_candidates(prompt), option_candidates(prompt))
        question = _QUESTION.format(prompt=_shortened(prompt))
        messages = [Message(role="user", content=question)]
        try:
            answer = self.model.complete(messages, grammar, Sampling(max_tokens=_ANSWER_TOKENS))
            self.asked.append(answer)
            return FilledForm.model_validate_json(answer.text)
        except (GrammarError, ValidationError):  # no help is no harm
            return NOTHING


def needs_help(rulebook: Rulebook, prompt: str) -> bool:
    """Whether a prompt seems to demand a form that was not surely read."""
    if any(form.confidence >= UNSURE for form in rulebook.forms):
        return False
    return looks_like_a_game(prompt) and bool(demands(prompt))


def _shortened(prompt: str) -> str:
    """The prompt, its middle left out when it is very long: forms stand at either end."""
    if len(prompt) <= _SHOWN_CHARACTERS:
        return prompt
    half = _SHOWN_CHARACTERS // 2
    return f"{prompt[:half]}\n…\n{prompt[-half:]}"
