"""Scenarios on the whole system, through its interfaces and in processes of its own, each beside its yardstick."""
