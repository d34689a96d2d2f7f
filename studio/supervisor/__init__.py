"""Starts the whole studio as one foreground process. Imports no Django: it must survive what it supervises."""
