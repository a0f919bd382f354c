"""Codenames: one-word clues to groups of words on a board that another team wants as well."""
