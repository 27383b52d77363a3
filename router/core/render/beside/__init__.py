"""What stands beside the alerts of a card."""
