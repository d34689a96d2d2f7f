"""Hostile bytes are opened only in limited child processes. Pure."""
