"""Heartbeats: noted as they arrive, judged by the time in which they could have been observed."""
