"""Ludens behind the chat completions interface that OpenAI's clients speak."""
