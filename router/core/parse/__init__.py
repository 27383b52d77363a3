"""Bytes to webhooks."""
