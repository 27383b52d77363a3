"""OpenTelemetry: spans, exported by OTLP over HTTP. Imported only where traces are recorded."""
