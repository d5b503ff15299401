"""`security.code`: what bandit finds in the code that is packed with a model and in the training repository."""
