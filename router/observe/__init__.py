"""What operators see of a process: metrics and logs."""
