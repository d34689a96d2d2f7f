"""HTTP side of training."""
