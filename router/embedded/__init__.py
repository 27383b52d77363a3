"""Engines for a machine that has nothing but Python: the same protocols, nothing kept on disk or after the end."""
