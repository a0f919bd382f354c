"""Building, verifying and describing a challenge submission (not built yet)."""
