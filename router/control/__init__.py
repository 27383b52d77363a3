"""What an operator or a tenant may ask, once, for every face: the command line today, an API later."""
