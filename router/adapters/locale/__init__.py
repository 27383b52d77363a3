"""Templates and translations, read from files."""
