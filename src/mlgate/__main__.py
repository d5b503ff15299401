"""`python -m mlgate`, for machines where the script is not on the path."""

from mlgate.cli import main

if __name__ == "__main__":
    main()
