"""Alert Router on one machine: `up`, `demo`, the emulated Slack, and embedded engines."""
