"""Dead letters: which there are, what they hold, and back to where they came from."""
