"""The command line: it parses words and prints results; what commands do is in `router.control`."""
