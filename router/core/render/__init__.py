"""An alert group as a localized Slack message."""
