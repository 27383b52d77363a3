"""From stored alert groups to Slack: decide, budget, render, deliver."""
