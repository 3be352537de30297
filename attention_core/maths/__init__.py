"""Attention and what surrounds it, on tensors alone."""
