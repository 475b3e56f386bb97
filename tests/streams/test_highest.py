"""How far each id has been published, where a generation that takes over may use it again."""

import time

import pytest

from schemas.base import DAY
from streams.handover.alerts import highest, own, published
from streams.settings import PUBLISHED, PUBLISHED_CURRENT
from tests.agents.detect.test_publisher import alert
from tests.streams.deployment import made, put

NOW = int(time.time() * 1000)
SERIES = "KP/nuclear"


@pytest.mark.parametrize(
    ("since", "held", "found"),
    [
        pytest.param(9 * DAY, ["a"], {"a": 3}, id="held open, began long ago, and another one came after it"),
        pytest.param(9 * DAY, [], {}, id="began long ago, and open nowhere"),
        pytest.param(0, [], {"a": 3, "b": 2}, id="published lately"),
    ],
)
async def test_highest(kafka: str, prefix: str, since: int, held: list[str], found: dict[str, int]) -> None:
    settings = await made(kafka, prefix)
    told = [("a", 1, "opened"), ("a", 2, "sustained"), ("a", 3, "resolved"), ("b", 1, "opened"), ("b", 2, "resolved")]
    for id, revision, status in told:
        value = alert(NOW, SERIES, revision, status, id).encode()
        await put(settings, PUBLISHED, value, key=id.encode())
        await put(settings, PUBLISHED_CURRENT, value, key=SERIES.encode())
    await put(settings, "alerts", alert(NOW, SERIES, 2, "sustained", "a").encode())
    assert [(one.id, one.revision) for one in (await published(settings)).values()] == [("b", 2)]
    ours = [one for one in (await own(settings, NOW + 1)).values() if one.id in held]
    assert await highest(settings, NOW + since, ours) == found
