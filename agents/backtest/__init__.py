"""What alerts over a stretch of time come to: how many, which known events they found, what other rules change.

    raised    alerts as wholes, from their revisions
    events    what is known to have happened, and which alerts told of it
    against   the alerts of two sets of rules beside each other
    figures   how many there were, a day and a hundred series-days
    budget    the largest alpha that keeps false alarms within a budget

All of it is pure: values in, values out. `streams.cli` reads the files and shows what was found.
"""
