"""Which token is which patch: layouts, windows, and layers laid on the image."""
