"""``python -m scrambler``."""

from scrambler.cli import main

if __name__ == "__main__":
    main()
