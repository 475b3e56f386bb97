"""Handing the published alerts over from one generation to another, without a gap or a repeat.

    switch    a control record in every raw partition: the new generation publishes what is judged at T or later
    seal      a record behind T, so that every lane comes past it, headlines or not
    adoption  what was open before, compared with what the new generation holds open: once, and into the log

Whatever breaks off in between is taken up again by the same command: how far a handover has come is what the lanes of
both generations have written in their state. See `agents.detect.publisher` for what a lane makes of it.
"""
