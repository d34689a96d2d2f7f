"""Operators, a file a group; the registry is in `datasets.augment`. Pure."""
