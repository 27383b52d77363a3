"""What the record and Redis owe each other, as values: no I/O, no clock."""
