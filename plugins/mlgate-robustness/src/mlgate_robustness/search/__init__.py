"""The search: real rows, changed in few cells within what was seen, until one of them breaks a law."""
