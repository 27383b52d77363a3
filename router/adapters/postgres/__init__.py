"""PostgreSQL, the record of tenants: the only package that knows SQL. Needs the extra `control`."""
