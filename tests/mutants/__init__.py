"""Planted leaks, each of which a run must stop: what the verification is worth."""
