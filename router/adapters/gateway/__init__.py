"""A gateway of another installation, asked over HTTP as senders ask it."""
