"""The properties: what must hold between a real row and its changed copy, one check a module."""
