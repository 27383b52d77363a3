"""What every HTTP face of the service shares: the server, problem documents, and the operators' endpoints."""
