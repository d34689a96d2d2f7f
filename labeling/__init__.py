"""labeling: see docs/architecture.md."""
