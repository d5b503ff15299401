"""`security.secrets`: passwords, keys and tokens that were packed with a model or kept in its repository."""
