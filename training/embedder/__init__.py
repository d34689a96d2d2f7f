"""The children of the analysis of pictures: one makes vectors, one reads them. Pure."""
