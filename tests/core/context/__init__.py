"""What is held back, and by what."""
