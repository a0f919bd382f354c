"""Word guessing with letter feedback: plain, with a clue, with a clue and a critic."""
