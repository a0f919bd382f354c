"""Ludens as other people's harnesses want it: a clemcore backend, a playpen agent."""
