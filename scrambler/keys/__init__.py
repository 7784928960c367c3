"""The epoch key, and the pseudonyms that follow from it."""
