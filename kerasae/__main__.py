"""`python -m kerasae` is the command `kerasae`."""

from kerasae.cli import main

if __name__ == "__main__":
    main()
