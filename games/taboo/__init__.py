"""Taboo: one player describes a word without the words that come to mind first, the other guesses it."""
