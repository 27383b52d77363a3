"""The schema of the record, step by step: expand, migrate, contract, so that two releases run side by side."""
