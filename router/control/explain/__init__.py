"""Why an alert was notified or not: for each of its groups what became of it, and what comes next."""
