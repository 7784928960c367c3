"""Where paths lead, and who may have a file."""
