"""The retained log again: a generation of its own beside the live one, and what differs between two generations.

founding    what the generation is that repeats another, and its first record
progress    how far it is, and when all of it has come out
run         workers under a supervisor until then
listing     which replays there are, and away with one
revisions   the alerts of a generation or of a file
difference  two sets of alerts compared; pure
"""
