"""What the demo sees of the running system: the worker's metrics and the alerts topic, like any other observer."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from agents.classify.lanes import SUBREGIONS, Lanes
from schemas.alert import Alert
from streams import kafka
from streams.demo.picture import LaneView
from streams.settings import Settings

RATE_OVER = 2.0
"""Seconds over which the rate is taken."""
KEPT = 200
"""Alert revisions that are kept to be shown."""


class Watch:
    """The latest of everything that is shown. `alerts` holds the newest revisions, oldest first."""

    def __init__(self, settings: Settings, lanes: Lanes) -> None:
        self.alerts: deque[Alert] = deque(maxlen=KEPT)
        self.values: Mapping[tuple[str, frozenset[tuple[str, str]]], float] = {}
        self._settings = settings
        self._lanes = lanes
        self._read: deque[tuple[float, float]] = deque()

    async def follow_alerts(self) -> None:
        """Read the alerts topic, for ever."""
        consumer: AIOKafkaConsumer = kafka.consumer(self._settings, auto_offset_reset="earliest")
        async with kafka.running(self._settings, consumer):
            topic = self._settings.topic("alerts")
            consumer.assign([TopicPartition(topic, lane) for lane in range(self._lanes.count)])
            async for record in consumer:
                self.alerts.append(Alert.decode(record.value))

    async def follow_metrics(self) -> None:
        """Scrape the worker twice a second, for ever; a worker that is away keeps its last figures."""
        url = f"http://{self._settings.http_host}:{self._settings.http_port}/metrics"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while True:
                try:
                    async with session.get(url) as answer:
                        self._take(await answer.text())
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(0.5)

    def sum(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        wanted = set(labels.items())
        return sum(value for (found, has), value in self.values.items() if found == name and wanted <= has)

    def by(self, name: str, label: str) -> dict[str, int]:
        """The samples of a metric by the value of one label, without zeros."""
        return {dict(has)[label]: int(value) for (found, has), value in self.values.items() if found == name and value}

    @property
    def rate(self) -> float:
        """Headlines a second, lately."""
        if len(self._read) < 2:
            return 0.0
        (then, before), (now, after) = self._read[0], self._read[-1]
        return max(0.0, (after - before) / (now - then)) if now > then else 0.0

    @property
    def lanes(self) -> list[LaneView]:
        """Each lane, as its detector stands."""
        return [self._lane(lane) for lane in range(self._lanes.count)]

    def _lane(self, lane: int) -> LaneView:
        clock = self.sum("tocsin_lane_clock_seconds", stage="deduplicate", partition=str(lane))
        missing = self.sum("tocsin_learning_days", partition=str(lane))
        return LaneView(
            lane,
            int(clock * 1000) if clock else None,
            int(self.sum("tocsin_waiting_rows", partition=str(lane))),
            f"{missing:.0f} days to go" if missing else None if clock else "no headlines yet",
            tuple(SUBREGIONS[code] for code in sorted(self._lanes.subregions(lane))),
        )

    def _take(self, text: str) -> None:
        values: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                values[sample.name, frozenset(_labels(sample.labels).items())] = sample.value
        self.values = values
        now = asyncio.get_running_loop().time()
        self._read.append((now, self.sum("tocsin_headlines_total")))
        while now - self._read[0][0] > RATE_OVER:
            self._read.popleft()


def _labels(labels: Any) -> dict[str, str]:
    return dict(labels)
