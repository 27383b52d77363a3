"""The parts of an expression, read, narrowed and written."""
