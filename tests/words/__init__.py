"""The check of our English (`python -m tests.words`): sentences on the screen, first lines of docstrings and comments."""
