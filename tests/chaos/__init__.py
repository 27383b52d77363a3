"""`python -m tests.chaos`: the promises, attacked on real processes by a seed; `make chaos`."""
