"""What the control API promises, and whether a newer description of it takes something back."""
