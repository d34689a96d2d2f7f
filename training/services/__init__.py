"""Writes of training: one public function per intention."""
