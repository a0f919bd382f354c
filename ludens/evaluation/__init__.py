"""Measuring: suites, ablations, comparisons between players, and their reports."""
