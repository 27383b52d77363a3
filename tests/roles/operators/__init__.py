"""The operators' own channel."""
