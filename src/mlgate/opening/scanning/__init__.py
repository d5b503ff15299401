"""Reads model files without executing any of them, and tells what they would do when they are opened."""
