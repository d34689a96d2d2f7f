"""What vectors of pictures tell: neighbors, labels that do not fit, a map. Pure; numpy alone."""
