"""The tenant document as written: its keys and their defaults."""
