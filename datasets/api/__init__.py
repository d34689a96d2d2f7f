"""HTTP side of datasets."""
