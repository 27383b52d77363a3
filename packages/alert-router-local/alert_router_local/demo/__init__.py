"""The complete flow on embedded engines, in one command: real webhooks in, what Slack shows and the books out."""
