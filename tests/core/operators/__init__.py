"""The messages to the operators."""
