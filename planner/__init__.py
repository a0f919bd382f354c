"""Policies over memory: ways of playing chosen by the kind of problem.

Knows rulebooks and memories. Knows no language model library and no game's name.
"""
