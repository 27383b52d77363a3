"""The comparisons: how fast the system is beside its yardsticks."""
