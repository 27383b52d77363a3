"""Slack as values: text, messages, calls, and what a call came to."""
