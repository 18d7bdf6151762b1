"""What travels: exchanges and their log, TLS, HTTP, certificates, schema validation, payloads."""
