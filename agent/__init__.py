"""The turn loop: the fold that reads and remembers, the funnel that speaks."""
