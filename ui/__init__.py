"""What the pages are made of: explorer and lessons, the components that both draw with, and below them what all share."""
