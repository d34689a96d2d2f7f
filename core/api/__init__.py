"""HTTP side of core."""
