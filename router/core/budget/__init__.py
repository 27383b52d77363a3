"""May a call be made now; else when."""
