"""Text adventure: bring things to where they belong, by commands in a small world."""
