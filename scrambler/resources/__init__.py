"""What a run takes of the machine."""
