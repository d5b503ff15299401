"""The history of what was measured of a registered model: a line of blocks on a terminal, a page with charts."""
