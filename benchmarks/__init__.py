"""One script a figure. Ratios are taken in one process, alternating, as medians; `python -m benchmarks` runs them all."""
