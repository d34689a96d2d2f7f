"""Operators on pictures, and the process that carries them out. Pure."""
