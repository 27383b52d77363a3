"""Stored kinds as values: what each is for, for how long it is kept, and how a tenant's erasure ends it."""
