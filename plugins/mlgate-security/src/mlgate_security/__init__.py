"""Security checks for mlgate: code, dependencies, secrets, licences, provenance, bill of materials."""
