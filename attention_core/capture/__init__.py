"""The one door through which attention calls of a running model are seen or changed, and what one call received."""
