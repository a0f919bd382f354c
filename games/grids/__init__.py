"""Grid games: draw from instructions, pick the described grid, find out whether two grids are the same."""
