"""What the page "Your image" is made of."""
