"""The Grafana dashboards in `deploy/grafana/dashboards`, written by `make docs`."""
