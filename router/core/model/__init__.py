"""The nouns: alerts, alert groups and their phases, tenants, transitions and what is recorded of them."""
