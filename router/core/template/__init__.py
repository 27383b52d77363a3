"""The safe language of the parts that tenants write themselves."""
