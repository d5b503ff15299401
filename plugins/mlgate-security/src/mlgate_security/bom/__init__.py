"""`security.sbom` and the report `cyclonedx`: what a model is made of, with its model card."""
