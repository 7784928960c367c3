"""Verification while rows are scrambled: each column against its original."""
