"""Reads of labeling. Whoever asks gets only what they may see."""
