"""MLflow for mlgate: opens models, is the registry client."""
