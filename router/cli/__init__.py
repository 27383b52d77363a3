"""The command line: thin, each command in a few lines over the same functions that the service runs."""
