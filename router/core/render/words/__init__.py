"""What depends on the language alone: times, lengths of time, numbers."""
