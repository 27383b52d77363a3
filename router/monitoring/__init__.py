"""What Prometheus and Grafana are given to watch: dashboards as values, and what is made of one tenant's file."""
