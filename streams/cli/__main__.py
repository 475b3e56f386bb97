"""`python -m streams.cli` is `tocsin`."""

from streams.cli import main

main()
