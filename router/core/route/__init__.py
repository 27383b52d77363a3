"""Which alert groups the alerts of a webhook belong to."""
