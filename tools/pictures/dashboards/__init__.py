"""Pictures of Grafana's dashboards, drawn by a small renderer of ours from what a real Prometheus answers."""
