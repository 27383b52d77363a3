"""Each kind of flaw is found where it stands, with what to do, and nothing that is meant."""
