"""All metrics, a module for each part of the way of an alert; `docs/metrics.md` is written from it."""
