"""A folder of configurations brought to an installation: planned, and applied exactly as it was planned."""
