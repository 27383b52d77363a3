"""Whether a tenant's alerts can reach its readers: one row a question, with how to mend what is not as it should."""
