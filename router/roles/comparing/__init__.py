"""What fires here, compared with what an Alertmanager lists."""
