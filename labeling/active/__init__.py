"""Which samples to label next, and why, from vectors of all and the labels there are. Pure; numpy alone."""
