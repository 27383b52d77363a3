"""Charts beside alerts, on engines in memory."""
