"""Pictures: a user's bytes decoded, and the grid of patches that they are cut into."""
