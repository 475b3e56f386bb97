"""Measurements of what Tocsin finds, on real data that is not part of the project: `make evaluate`."""
