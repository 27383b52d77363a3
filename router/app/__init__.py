"""The composition root: the only place that knows settings, adapters and roles together."""
