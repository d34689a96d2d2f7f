"""HTTP side of applications."""
