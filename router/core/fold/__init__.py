"""Merge observations into stored alert groups."""
