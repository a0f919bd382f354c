"""Watching a game as it is played, with a seat for a person."""
