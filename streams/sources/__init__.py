"""Where headlines come from when they do not come from Kafka.

    with read("news.jsonl.gz") as rows:                 # Lines: len(), [i], iteration; values as bytes
        for partition, timestamp, value in log(rows, now, partitions=2):
            ...

`files` opens what people have, `log` gives it time and order, `dump` reads a log that has them already.
"""

from streams.sources.errors import InputError
from streams.sources.files import STDIN, read
from streams.sources.lines import Lines
from streams.sources.log import END_TICK, LARGEST, TICK, Log, LogRecord, Refused, log

__all__ = ["END_TICK", "LARGEST", "STDIN", "TICK", "InputError", "Lines", "Log", "LogRecord", "Refused", "log", "read"]
