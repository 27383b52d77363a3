"""Apache Kafka: records in, committed after their alerts are stored; records out, acknowledged by all replicas."""
