"""Writes of the datasets app: one public function per user intention."""
