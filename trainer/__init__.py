"""From trajectories to weights: data sets, ledger, objectives, export (not built yet)."""
