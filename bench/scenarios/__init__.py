"""What others do to a quiet tenant."""
