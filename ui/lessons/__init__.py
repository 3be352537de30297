"""The parts of the lesson pages."""
