"""A tenant's configuration: its YAML document, its validation, and the rules that it compiles to."""
