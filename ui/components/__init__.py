"""Typed wrappers of the JavaScript components. Each module has the name of its folder in assets/."""
