"""Recorded attention as files: pictures, tables, arrays, and an HTML view that hovers."""
