"""What a process does: gateway, ingest, notifier, relay. They know the core and the ports, no adapter."""
