"""`python -m kitexgen`."""

from kitexgen.cli.main import main

if __name__ == "__main__":
    main()
