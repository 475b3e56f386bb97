"""What is decided: the three stages as pure steps, and the rules that they decide by.

Imports `schemas`, never `streams`. Nothing here reads a clock, a socket or a topic.
"""
