"""Matchers as Alertmanager has them, used by routes and later by inhibition and silences."""
