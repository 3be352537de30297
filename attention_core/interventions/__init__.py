"""A model run again with heads or a picture changed, and what that moves."""
