"""The control API of an installation, asked in place of its Redis and its record."""
