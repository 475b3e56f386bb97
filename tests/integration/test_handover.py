"""A second generation takes over under load: subscribers see every revision once, whoever wrote it."""

import asyncio
import itertools
import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

from schemas.alert import Alert
from schemas.base import DAY, MINUTE, iso, moment
from streams import generation as generations
from streams.demo.wire import wire
from streams.handover.adoption import OPEN
from tests.integration import recount
from tests.integration.deployment import Deployment, until
from tests.integration.lines import as_lines
from tests.integration.past import arrived

NOW = int(time.time() * 1000)
DAYS, IMPORTED = 14, 9 * DAY
STRICT, EASY = "detect.min_unique=6", "detect.min_unique=4"
_PEOPLES = (
    "Kenyan Peruvian Moroccan Vietnamese Chilean Finnish Nigerian Nepalese Algerian Bolivian Tunisian Ghanaian Swedish "
    "Norwegian Portuguese Malaysian Mongolian Ecuadorian Colombian Senegalese Ugandan Zambian Egyptian Kazakh Uzbek "
    "Tajik Cambodian Indonesian Danish Belgian Austrian Bulgarian Croatian Estonian Latvian Lithuanian Jordanian Omani"
)
PEOPLES = tuple(_PEOPLES.split())
AFTERWARDS = 5
"""Bursts that follow the switch."""
OUTLETS = ("Meridian Wire", "Gulf Herald", "Halden Press", "Saffron Gate", "Eastern Lantern", "Blackpine Review")


@pytest.fixture
def source(kafka: str, prefix: str, tmp_path: Path) -> Deployment:
    """A generation with a learnt baseline, whose own alerts are the published ones."""
    deployment = Deployment(kafka, prefix, tmp_path)
    publishes = {"alerts_topic": deployment.settings.topic("alerts")}
    deployment.settings = deployment.settings.model_copy(update=publishes)
    deployment.environment["TOCSIN_ALERTS_TOPIC"] = publishes["alerts_topic"]
    items = wire(NOW, days=DAYS)
    cut = items[0].published_at + IMPORTED
    arrived(deployment, [item for item in items if cut <= item.published_at < NOW - 2 * MINUTE])
    deployment.run("topics", "create", status=1)  # raw is kept for ever here, to hold the past
    deployment.run("feed", "--import", "-", stdin=as_lines(item for item in items if item.published_at < cut))
    return deployment


def burst(people: str) -> bytes:
    """A deployment of troops, told by six outlets."""
    lines = [
        {"title": f"{people} army deploys {number}00 soldiers to the border", "source": outlet}
        for number, outlet in enumerate(OUTLETS, 1)
    ]
    return b"".join(
        json.dumps({**line, "published_at": iso(int(time.time() * 1000))}).encode() + b"\n" for line in lines
    )


def published(deployment: Deployment) -> list[Alert]:
    return [Alert.decode(record.value) for record in deployment.records("published")]


def test_the_published_alerts_have_no_gap_and_no_repeat(source: Deployment) -> None:
    second = f"{source.settings.prefix}-2"
    of_second = {"TOCSIN_PREFIX": second}  # and it finds the history that it shares
    usual = wire(NOW, days=DAYS, seed=50)
    stop = threading.Event()

    def load() -> None:
        before, after = iter(PEOPLES[:-AFTERWARDS]), PEOPLES[-AFTERWARDS:]
        tells = itertools.count()

        def tell(people: str | None) -> None:
            started = next(tells) * 50 % len(usual)
            now = int(time.time() * 1000)
            news = burst(people) if people else b""
            source.run("feed", "-", stdin=news + as_lines(usual[started:][:50], restamp=now))

        while not stop.is_set():  # a handover that takes long runs out of peoples, never out of news
            tell(next(before, None))
            stop.wait(0.5)
        for people in after:
            tell(people)

    with source.worker("--processes", "1", "--set", STRICT):
        until(lambda: source.records("state.detect"), "begun")
        feeding = threading.Thread(target=load)
        feeding.start()
        taking = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "handover", second, "--set", EASY, "--yes", "--leave", "--json"],
            env=source.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            out, said = taking.communicate(timeout=180)
        finally:
            stop.set()
            feeding.join()
        assert taking.returncode == 0, said.decode()
        (start,) = [line for line in said.decode().splitlines() if line.startswith("its workers start with: ")]
        assert start.endswith(f"tocsin worker --set={EASY}")
    for drained, rules in ((of_second, EASY), ({}, STRICT)):  # the one that publishes ticks
        with source.worker("--processes", "1", "--drain", "--set", rules, **drained) as worker:
            assert worker.wait(120) == 0

    handed = json.loads(out)
    at = moment(handed["at"])
    alerts = published(source)
    keys = [(alert.id, alert.revision) for alert in alerts]
    assert len(set(keys)) == len(keys), "told twice"

    dump = source.directory / "dump.jsonl"
    dump.write_bytes(source.run("topics", "dump"))
    first, other = (
        [Alert.decode(line) for line in source.run("scan", "--raw", "--json", "--set", rules, str(dump)).splitlines()]
        for rules in (STRICT, EASY)
    )
    by_first = [alert for alert in alerts if alert.rules == first[0].rules]
    assert {alert.encode() for alert in by_first} == {alert.encode() for alert in first if moment(alert.at) < at}
    own = [Alert.decode(record.value) for record in source_records(source, second, "alerts")]
    assert recount.in_order([a.encode() for a in own]) == recount.in_order([a.encode() for a in other])

    # what came after T, by what it says and not by its name
    def said_of(alert: Alert) -> tuple[str, str, str]:
        return alert.series, alert.at, alert.status

    later = {said_of(alert) for alert in own if moment(alert.at) >= at}
    assert later, "nothing happened after the switch"
    assert later <= {said_of(alert) for alert in alerts if alert.rules != first[0].rules}

    revisions: dict[str, list[Alert]] = defaultdict(list)
    for alert in sorted(alerts, key=lambda alert: (alert.id, alert.revision)):
        revisions[alert.id].append(alert)
    for id, known in revisions.items():
        numbers = [alert.revision for alert in known]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), id
        assert numbers[0] == 1 or known[0].rules != first[0].rules, id
    latest = {alert.series: alert for alert in sorted(alerts, key=lambda alert: (moment(alert.at), alert.revision))}
    open_now = {alert.series for alert in latest.values() if alert.status in OPEN}
    ours = {alert.series: alert for alert in sorted(own, key=lambda alert: (moment(alert.at), alert.revision))}
    assert open_now == {alert.series for alert in ours.values() if alert.status in OPEN}
    assert handed["opened"] + handed["resolved"] + handed["renamed"] > 0, (
        "nothing was adopted: the test shows too little"
    )

    # of the first generation only what it published itself is compared
    compared = source.run("diff", source.settings.prefix, second, "--json", status=1)
    assert json.loads(compared)["until"] == at

    source.run("feed", "-", stdin=b'{"title": "Ministers of Chile meet"}')  # which nobody is there to read
    again = json.loads(source.run("handover", second, "--set", EASY, "--yes", "--leave", "--json", "--processes", "0"))
    assert again["at"] == handed["at"]
    assert len(published(source)) == len(alerts)

    # the former one publishes no more, so it cannot hand over to a third
    before = len(source.records("headlines.raw"))
    said = source.complaint("handover", f"{second}-3", "--yes", "--processes", "0")
    assert f"set TOCSIN_PREFIX={second}\n" in said
    assert len(source.records("headlines.raw")) == before
    begun = [own.prefix for own in asyncio.run(generations.every(source.settings))]
    assert second in begun
    assert f"{second}-3" not in begun


def source_records(source: Deployment, prefix: str, topic: str) -> list[object]:
    """Records of another generation's topic."""
    other = Deployment(source.settings.kafka_bootstrap_servers, prefix, source.directory)
    return other.records(topic)


def test_nobody_is_asked_where_there_is_no_terminal(deployment: Deployment) -> None:
    assert "terminal" in deployment.complaint("handover", "x", stdin=b"")
