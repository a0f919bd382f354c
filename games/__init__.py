"""Practice games as clemcore games, and the arena that plays and scores any clemcore game."""
