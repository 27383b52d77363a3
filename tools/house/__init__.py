"""The budgets of the house: how long, how wide and how tangled code may be. `make house` prints the figures."""
