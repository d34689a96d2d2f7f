"""HTTP side of serving."""
