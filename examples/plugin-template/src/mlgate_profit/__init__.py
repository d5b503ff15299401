"""What acting on a model's decisions earns: a plugin for mlgate to copy."""
