"""One file a format that versions are written in."""
