"""A hostile run by a seed: drawn bodies, records, documents, answers of Slack, beside a tenant that is measured."""
