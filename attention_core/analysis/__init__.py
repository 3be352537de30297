"""What follows from recorded layers: a method a file, each with its paper."""
