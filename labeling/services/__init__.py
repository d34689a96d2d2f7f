"""Writes of labeling: one public function per user intention."""
