"""A tenant's rules, compiled from its configuration and ready for use."""
