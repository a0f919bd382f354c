"""Guess what: find a word in a list by questions that are answered with yes or no."""
