"""Messages about the service itself."""
