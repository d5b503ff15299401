"""The load family: is the served model fast enough, does it stay up, does it stay small."""
