"""One file a family; families do not import each other."""
