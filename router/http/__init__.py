"""What of HTTP is nobody's alone: the server, problems, the operators' endpoints, and answers read up to a bound."""
