"""Typed wrappers of the JavaScript components, by the names of their folders in assets/."""
