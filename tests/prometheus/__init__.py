"""A real Prometheus with rules on real series, for whoever asks one."""
