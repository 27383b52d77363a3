"""Many alert groups in one message, while more come than a channel takes messages."""
