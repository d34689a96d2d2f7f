"""Geometry of shapes in pixels of the upright image, origin top-left. Pure: numpy at most."""
