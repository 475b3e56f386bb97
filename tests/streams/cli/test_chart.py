"""The chart of a series: readable by a machine, safe, and with everything on it."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from agents.backtest.course import Point
from schemas.base import DAY, HOUR, iso
from streams.cli.chart import HEIGHT, WIDTH, draw
from tests.agents.backtest.make import START, life
from tests.streams.cli.test_backtest import Capture, backtest, file

__all__ = ["file"]
SVG = "{http://www.w3.org/2000/svg}"


def points(days: int = 3, most: int = 9) -> list[Point]:
    """A course with one peak."""
    ats = range(START, START + days * DAY + 1, HOUR)
    return [Point(at, most if n == 30 else n % 2, 0.4, 0, 2, 5) for n, at in enumerate(ats)]


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_title_axes_legend_and_alerts() -> None:
    root = ET.fromstring(draw("North Korea: shelling", points(), points(), [life("KP/shelling", 30, 40)]))
    told = texts(root)
    assert told[0] == "North Korea: shelling"
    assert {"seen", "expected", "95 % of it", "enough for an alert (p under alpha)", "alert, high"} <= set(told)
    assert {"headlines, last 24 h", "headlines, last 2 h", "time, UTC", "0", "10"} <= set(told)
    assert sum(":00" in text for text in told) >= 4
    (title,) = {element.text for element in root.iter(f"{SVG}title")} - {"North Korea: shelling"}
    assert title is not None
    assert title.startswith("KP/shelling@")
    assert "resolved" in title


def test_everything_is_inside_the_picture() -> None:
    alerts = [life("KP/shelling", -40, 2), life("KP/shelling", 60), life("KP/shelling", 900)]
    root = ET.fromstring(draw("x", points(most=5000), points(), alerts))
    for line in [*root.iter(f"{SVG}polyline"), *root.iter(f"{SVG}polygon")]:
        for pair in line.attrib["points"].split():
            left, top = map(float, pair.split(","))
            assert 0 <= left <= WIDTH
            assert 0 <= top <= HEIGHT
    # The one that opened after the end is not drawn.
    assert len(list(root.iter(f"{SVG}title"))) == 1 + 2 * 2


def test_hostile_names_are_escaped() -> None:
    hostile = '</title><script>alert("1")</script>\x1b[31m & \u202e'
    drawn = draw(hostile, points(), points(), [])
    root = ET.fromstring(drawn)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in drawn
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert "<script>" in texts(root)[0]


@pytest.mark.parametrize("count", [1, 2])
def test_a_course_of_next_to_nothing(count: int) -> None:
    short = [Point(START + n * HOUR, 0, 0.0, 0, 0, 5) for n in range(count)]
    assert ET.fromstring(draw("x", short, short, [])).tag == f"{SVG}svg"


def test_the_command_draws(file: Path, tmp_path: Path, capsysbinary: Capture) -> None:
    out = tmp_path / "kp.svg"
    assert backtest(capsysbinary, file, "--chart", "KP/shelling", "--out", out)[0] == 0
    root = ET.fromstring(out.read_text())
    assert texts(root)[0] == "North Korea: shelling"
    status, _, err = backtest(capsysbinary, file, "--chart", "KP/shelling")
    assert (status, "go together" in err) == (2, True)
    status, _, err = backtest(capsysbinary, file, "--chart", "KP/shelling", "--out", tmp_path / "kp.png")
    assert (status, f"name it {out}" in err) == (2, True)
    assert not (tmp_path / "kp.png").exists()
    nothing = backtest(capsysbinary, file, "--chart", "KP/any", "--out", out, "--from", iso(START + 90 * DAY))
    assert (nothing[0], "nothing to draw" in nothing[2]) == (2, True)
