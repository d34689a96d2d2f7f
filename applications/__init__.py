"""applications: see docs/architecture.md."""
