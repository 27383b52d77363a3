"""What the attackers throw, drawn by dice alone: the same seed draws the same."""
