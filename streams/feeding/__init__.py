"""From a file to Kafka: live to the raw topic, a history to the import topic.

    with read("news.jsonl.gz") as rows:
        report = await import_log(settings, rows, now=now, progress=print)

Every send is awaited: what a report counts as sent is acknowledged by all replicas. Rows that cannot be taken are in
the rejected topic with their reason and their bytes.
"""

from streams.feeding.history import import_log
from streams.feeding.live import feed_rows
from streams.feeding.pace import Pace
from streams.feeding.report import FeedRefused, Progress, Report

__all__ = ["FeedRefused", "Pace", "Progress", "Report", "feed_rows", "import_log"]
