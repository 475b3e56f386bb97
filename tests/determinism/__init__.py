"""Determinism as a property: the same raw log gives the same alerts, revision by revision, byte for byte.

    vocabulary, raw     what is in a raw log, and the same log ticked at other times
    histories           random ones, and random ways to run them
    broker, engine      a model of the log and of the shell: transactions, offsets, crashes, rebalances
    compare             what has to be identical
    property, campaign  the property; so many cases of it
    looser              stages with a rule left out
    workers             the same with real workers on a real Kafka
    growth, picture     what a year leaves in state and memory
    recovery            how long the take-over of a long memory lasts

`python -m tests.determinism` runs a campaign of any size and prints its result as JSON.
"""
