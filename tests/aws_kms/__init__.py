"""Keys of tenants wrapped by a real OpenBao; `make test-openbao` runs these."""
