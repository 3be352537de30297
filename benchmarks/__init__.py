"""Benchmarks, one script per figure.

Ratios are medians of alternating runs in one process. `python -m benchmarks` runs them all.
"""
