"""Alertmanager's API, asked over HTTP."""
