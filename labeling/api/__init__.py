"""HTTP side of labeling."""
