"""`security.dependencies`: advisories of the packages that a model pins, and what it leaves unpinned."""
