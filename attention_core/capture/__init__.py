"""Where attention calls are seen in a running model, and what one call received."""
