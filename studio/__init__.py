"""studio: see docs/architecture.md."""
