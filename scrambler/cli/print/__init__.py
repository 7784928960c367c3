"""What commands print when they are done, one report a file: to be read at a glance, or JSON."""
