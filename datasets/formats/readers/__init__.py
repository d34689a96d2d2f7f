"""One file a format. Readers do not know each other."""
