"""Django's PostgreSQL backend for processes that people wait for: a server that is silent is soon called away."""
