"""Why an alert was notified or not."""
