"""Tests of what is done about data that Redis has lost."""
