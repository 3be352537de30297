"""What many readers have together: what is kept, and heavy work."""
