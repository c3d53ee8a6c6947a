"""`python -m peakend` is the command `peakend`."""

from peakend.entry.cli import main

if __name__ == "__main__":
    main()
