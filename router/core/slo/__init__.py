"""Whether what is promised was kept: arithmetic on what events note."""
