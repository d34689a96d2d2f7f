"""How the applications are put on the web."""
