"""The children of the analysis of a data set: some make vectors, one reads them. Pure."""
