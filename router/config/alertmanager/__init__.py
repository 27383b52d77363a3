"""What an alertmanager.yml says, as a tenant's document, and a list of all that has no place in one."""
