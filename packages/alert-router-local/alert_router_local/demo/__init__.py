"""The main job on the embedded engines, in one command: real webhooks in, what Slack shows and the books out."""
