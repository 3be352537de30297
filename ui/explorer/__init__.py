"""The parts of the page "Your image"."""
