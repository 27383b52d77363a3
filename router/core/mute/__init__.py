"""What of a group is held back: by silences, inhibition rules and time intervals."""
