"""Prometheus' API, asked over HTTP."""
