"""Minigames: one message, one reply; small exercises in following instructions, for rehearsal."""
