"""`security.evasion`: decisions that flip when numbers are moved a little."""
