"""Errors of the games room whose mend lies with the user."""


class UserError(Exception):
    """The user gave something unusable; one sentence says what is wrong and how to mend it."""
