"""What the page "What if" is made of."""
