"""Tests of what Prometheus and Grafana are given to watch one tenant."""
