"""The report for a browser: one page that needs nothing else, drawn from the record."""
