"""Claim a call, and take Slack's answer back into the alert group."""
