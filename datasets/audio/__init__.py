"""Sound as numbers: what is read of a recording, how it looks, what is wrong with it. Pure."""
