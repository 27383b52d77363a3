"""What Slack itself makes of our messages, for whoever has a workspace to try it in."""
