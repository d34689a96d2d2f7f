"""Reads of datasets. Whoever asks gets only what they may see."""
