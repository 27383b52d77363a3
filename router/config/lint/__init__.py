"""What is valid and probably not meant, each kind of flaw in a file of its own."""
