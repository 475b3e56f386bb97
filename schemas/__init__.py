"""What travels: the records of every topic, as frozen pydantic models.

Nothing here decides or moves anything; `agents` and `streams` import this package and never the other way round.
"""
