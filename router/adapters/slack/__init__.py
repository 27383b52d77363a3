"""Slack's Web API through slack-sdk, without its retries: one call is one call."""
