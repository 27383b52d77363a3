"""What alerts say in sentences."""
