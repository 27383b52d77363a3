"""Alert Router: from Prometheus Alertmanager, over Kafka and Redis, to Slack channels that show the truth."""

__version__ = "0.1.0"
