"""A handover from a generation that does not run any more: what it published stands, and it never speaks again."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from schemas.alert import Alert
from schemas.base import DAY, HOUR
from streams.demo.wire import wire
from streams.handover.publishing import publishers
from tests.integration.deployment import Deployment, until
from tests.integration.lines import as_lines

IMPORTED = 9 * DAY


@pytest.fixture
def former(kafka: str, prefix: str, tmp_path: Path) -> Deployment:
    """A generation with a learnt baseline, whose own alerts are the published ones."""
    deployment = Deployment(kafka, prefix, tmp_path)
    published = deployment.settings.topic("alerts")
    deployment.settings = deployment.settings.model_copy(update={"alerts_topic": published})
    deployment.environment["TOCSIN_ALERTS_TOPIC"] = published
    deployment.run("topics", "create")
    now = int(time.time() * 1000)
    quiet = [item for item in wire(now + 4 * DAY) if now - IMPORTED <= item.published_at < now - HOUR]
    deployment.run("feed", "--import", "-", stdin=as_lines(quiet))
    return deployment


def burst(people: str) -> bytes:
    """A deployment of troops, told by ten outlets."""
    return b"".join(
        json.dumps({"title": f"{people} army deploys {n}00 soldiers to the border", "source": f"Paper {n}"}).encode()
        + b"\n"
        for n in range(1, 11)
    )


def published(deployment: Deployment, place: str) -> list[tuple[str, int]]:
    """Revisions of the country's own alerts, as subscribers see them."""
    alerts = [Alert.decode(record.value) for record in deployment.records("published")]
    return [(alert.id, alert.revision) for alert in alerts if alert.place == place]


def test_it_goes_on_silently_if_it_comes_back(former: Deployment) -> None:
    with former.worker("--processes", "1"):
        until(lambda: former.records("state.detect"), "begun")
        former.run("feed", "-", stdin=burst("Kenyan"))
        until(lambda: published(former, "KE"), "an alert is out")
    before = published(former, "KE")
    former.run("feed", "-", stdin=b'{"title": "Ministers of Chile meet"}')  # nobody is left to tick behind it
    second = f"{former.settings.prefix}-2"
    options = ("--yes", "--leave", "--json", "--former-stopped")
    assert json.loads(former.run("handover", second, *options))["prefix"] == second
    assert published(former, "KE") == before, "it is known under its id, and open in both"

    of_second = {"TOCSIN_PREFIX": second, "TOCSIN_IMPORT_TOPIC": former.settings.topic("headlines.import")}
    with former.worker(**of_second):
        former.run("feed", "-", stdin=burst("Peruvian"))
        until(lambda: published(former, "PE"), "an alert is out")
        with former.worker("--processes", "1", "--drain", TOCSIN_HTTP_PORT="0") as back:
            assert back.wait(120) == 0, "it has judged the same"
    assert asyncio.run(publishers(former.settings)).prefixes == [second]
    for place in ("KE", "PE"):
        assert len(set(published(former, place))) == len(published(former, place)), "told twice"
