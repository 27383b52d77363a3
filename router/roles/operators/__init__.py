"""The operators' own channel: what is wrong with tenants, noted by every process and shown by some worker."""
