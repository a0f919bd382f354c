"""Errors, sorted by who must act."""


class UserError(Exception):
    """The user gave something unusable; the message says what is wrong and how to mend it."""


class BudgetExceeded(Exception):
    """A budget of tokens or seconds is spent.

    Attributes:
        spent: what was used, in the unit of the limit.
        limit: what was allowed.
    """

    def __init__(self, what: str, spent: float, limit: float) -> None:
        super().__init__(f"{what}: {spent:g} spent of {limit:g}")
        self.spent = spent
        self.limit = limit


class ModelError(Exception):
    """A language model backend failed; never to be turned into a reply or a score."""


class GrammarError(ModelError):
    """A grammar that cannot be compiled or followed; the model itself is well."""
