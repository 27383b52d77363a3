"""What Alertmanager's own program makes of the same matcher texts and routing trees."""
