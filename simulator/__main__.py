"""``python -m simulator`` is the command ``simulator``; the ranks of an MPI job import this, too."""

from simulator.cli import main

if __name__ == "__main__":
    main()
