"""`python -m roadmark` is the `roadmark` command."""

from roadmark.cli import main

if __name__ == "__main__":
    main()
