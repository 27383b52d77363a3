"""Messages about the service itself, not about alerts."""
