"""Settings as they are read from the environment."""
