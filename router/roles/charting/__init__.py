"""Charts of alert groups: Prometheus is asked beside the way of an alert, and nobody waits for its answer."""
