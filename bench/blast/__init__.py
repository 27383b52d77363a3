"""What a pool does to the tenants of another: faults in one, and the latency of a tenant of the other beside them."""
