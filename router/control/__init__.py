"""What an operator or a tenant may ask, in one place for every face: the command line today, an API later."""
