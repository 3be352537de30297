"""`regard`, the same as `python -m attention_core`."""
