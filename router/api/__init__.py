"""The control API: who may asks over HTTP what the command line asks, by the same functions."""
