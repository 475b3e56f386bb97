"""Measurements of speed, as commands: `make bench`. Figures with their conditions are in `docs/BENCHMARKS.md`."""
