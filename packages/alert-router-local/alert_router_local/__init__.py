"""Alert Router on one machine: `up` and `demo`, with embedded engines and an emulated Slack."""
