"""The data plane: predictions over HTTP in a process of its own, without Django, torch or a database."""
