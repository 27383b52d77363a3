"""A tenant's configuration: its YAML document, what may be wrong with it, and the rules it compiles to."""
