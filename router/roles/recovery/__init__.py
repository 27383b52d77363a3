"""What Redis has lost, and what is done about it."""
