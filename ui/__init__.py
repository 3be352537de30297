"""The parts of the pages: explorer, lessons, their components, the data for browsers, and shared services."""
