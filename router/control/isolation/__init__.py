"""What keeps tenants apart: the isolation policy, as far as it can be enforced."""
