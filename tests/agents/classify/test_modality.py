"""What is denied, supposed, past or figurative, and what is none of these."""

import pytest

from agents.classify.reader import Reader
from tests.agents.classify.conftest import ms

AT = ms("2026-03-01")


@pytest.mark.parametrize(
    ("title", "theme", "reason"),
    [
        ("Poland rules out sending troops to Ukraine", "troop-deployment", "denied"),
        ("Poland will not send soldiers to Ukraine", "troop-deployment", "denied"),
        ("Norway sends engineers, not soldiers", "troop-deployment", "denied"),
        ("Moscow denies airstrike on hospital in Idlib", "air-strike", "denied"),
        ("What if Russia invades Lithuania", "invasion", "hypothetical"),
        ("Russia could invade Lithuania by 2029, general says", "invasion", "hypothetical"),
        ("Would China invade Taiwan?", "invasion", "hypothetical"),
        ("War game simulates Chinese invasion of Taiwan", "invasion", "hypothetical"),
        ("Iran threatens to launch missiles at base", "air-strike", "hypothetical"),
        ("Argentina marks anniversary of 1982 invasion of Falklands", "invasion", "historical"),
        ("Trial opens over 2015 terror attack in Paris", "terror-attack", "historical"),
        ("Forty years on, a village recalls the invasion of Grenada", "invasion", "historical"),
        ("Giants bomb in season finale as Rams raid London", "air-strike", "figurative"),
    ],
)
def test_does_not_count(reader: Reader, title: str, theme: str, reason: str) -> None:
    found = {item.theme: item.reason for item in reader.read(title, AT).themes}
    if reason == "figurative" and theme not in found:
        return  # not found at all is as good
    assert found.get(theme) == reason


@pytest.mark.parametrize(
    ("title", "theme"),
    [
        ("Estonia warns Russia is massing troops at border", "troop-deployment"),
        ("North Korea fires missile that could reach Alaska", "missile-launch"),
        ("Worst unrest since 2011 as riots spread through Tunis", "unrest"),
        ("Airstrike hits football stadium in Khartoum, killing 20", "air-strike"),
        ("Truce holds in Gaza for a second day", "ceasefire"),
        ("Turkey threatens to invade Syria", "ultimatum"),
        ("Israel strikes Beirut, says it did not target civilians", "air-strike"),
    ],
)
def test_counts(reader: Reader, title: str, theme: str) -> None:
    assert theme in {item.theme for item in reader.read(title, AT).themes if item.counted}


def test_a_past_year_depends_on_the_time_of_the_headline(reader: Reader) -> None:
    title = "Inquiry into 2008 invasion of Georgia"
    then = {item.theme: item.counted for item in reader.read(title, ms("2008-10-01")).themes}
    later = {item.theme: item.reason for item in reader.read(title, ms("2015-10-01")).themes}
    assert then["invasion"]
    assert later["invasion"] == "historical"
