"""A hostile run by a seed: drawn bodies, records, documents and answers of Slack, beside a tenant that is measured."""
