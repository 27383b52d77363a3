"""Check that a tenant's alerts can reach its readers: one result per check, each with a remedy."""
