"""What is wrong with a data set, from its numbers. Pure."""
