"""`security.provenance`: where a model comes from, and who signed for it."""
