"""PromQL as an alert's rule has it: bounded, parsed, split at its comparison, and written again more narrowly."""
