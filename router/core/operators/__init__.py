"""What is wrong with tenants, as their operators are shown it: one message a kind, edited while it changes."""
