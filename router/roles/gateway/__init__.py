"""Accept: authenticate the sender, bound the body, append to Kafka."""
