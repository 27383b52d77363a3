"""A real Alertmanager with mutes of its own, beside ours with the same ones."""
