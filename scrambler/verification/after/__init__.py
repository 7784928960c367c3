"""Verification after a run: source and output, from both sides and without the key."""
