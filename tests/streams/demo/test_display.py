"""The picture and its plain lines, driven by a stand-in for the demo's run."""

import io

import pytest
from rich.console import Console

from schemas.alert import Alert
from streams.demo.display import Display, View
from streams.demo.picture import HINT, picture, short_names
from tests.streams.demo.driver import PLACES, TITLES, alert, run

HOSTILE = "[bold]Red[/bold] \x1b[2J\x1b]0;owned\x07 alert\u202e :smile: [link=http://x]here[/link]"


def drawn(view: View, width: int = 100, height: int = 30) -> str:
    console = Console(record=True, width=width, height=height, force_terminal=True, file=io.StringIO())
    console.print(picture(view, PLACES, "a note"))
    return console.export_text()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def plain(output: io.StringIO, clock: Clock) -> Display:
    return Display(Console(file=output, width=80), PLACES, clock)


@pytest.mark.parametrize(("width", "height"), [(100, 30), (80, 24), (60, 18), (200, 60)])
@pytest.mark.parametrize("nth", range(4))
def test_fills_the_screen_exactly(nth: int, width: int, height: int) -> None:
    lines = drawn(run()[nth], width, height).splitlines()
    assert len(lines) == height
    assert all(len(line) <= width for line in lines)
    assert HINT in lines[-1]


def test_shows_phase_progress_rate_lanes_and_counts() -> None:
    text = drawn(run()[1])
    for words in ("importing history", "1,200 of 6,200 (19%)", "3,457 headlines/s", "20 Nov 12:00", "2.1 of 7 days",
                  "E Asia, S Asia, SE Asia +1", "none yet"):  # fmt: skip
        assert words in text


def test_shows_alerts_newest_first_with_reason_and_headlines() -> None:
    text = drawn(run()[2])
    escalated, opened = text.index("ESCALATED"), text.index(" OPENED")
    assert escalated < opened
    assert "North Korea: troop deployment" in text
    assert "where 0.2 were expected" in text
    assert TITLES[0] in text
    assert "alerts, newest first - 2 open" in text
    assert "ready" in text


def test_a_resolved_alert_is_no_longer_counted_as_open() -> None:
    assert "- 1 open" in drawn(run()[3])


def test_many_alerts_stay_inside_the_panel() -> None:
    many = tuple(alert("opened", revision) for revision in range(1, 200))
    lines = drawn(View("live", alerts=many), 80, 24).splitlines()
    assert len(lines) == 24
    assert HINT in lines[-1]


@pytest.mark.parametrize("field", ["title", "publisher", "reason", "phase", "note"])
def test_hostile_words_are_shown_and_not_obeyed(field: str) -> None:
    one = alert(titles=(HOSTILE,))
    if field == "publisher":
        one = one.model_copy(update={"evidence": (one.evidence[0].model_copy(update={"publisher": HOSTILE}),)})
    if field == "reason":
        one = one.model_copy(update={"reason": HOSTILE})
    view = View(HOSTILE if field == "phase" else "live", alerts=(one,))
    console = Console(width=120, height=30, force_terminal=True, color_system=None, file=io.StringIO())
    console.print(picture(view, PLACES, HOSTILE if field == "note" else ""))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "[bold]Red[/bold]" in text
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert ":smile:" in text


def test_plain_tells_a_phase_once(plain: Display, output: io.StringIO) -> None:
    with plain:
        for _ in range(3):
            plain.show(View("starting Kafka"))
        plain.show(View("live"))
    assert output.getvalue().count("== starting Kafka") == 1
    assert output.getvalue().count("== live") == 1


def test_plain_tells_progress_every_few_seconds_at_most(plain: Display, output: io.StringIO, clock: Clock) -> None:
    with plain:
        for tenth in range(101):
            clock.now = tenth / 10
            plain.show(View("importing history", tenth * 10, 1_000))
    lines = [line for line in output.getvalue().splitlines() if " of 1,000" in line]
    assert len(lines) == 2


def test_plain_tells_each_revision_once(plain: Display, output: io.StringIO) -> None:
    with plain:
        for view in run() * 2:
            plain.show(view)
    text = output.getvalue()
    assert text.count("ESCALATED") == 1
    assert text.count("OPENED") == 2
    assert TITLES[0] in text
    assert "\x1b" not in text


def test_plain_obeys_no_hostile_word(plain: Display, output: io.StringIO) -> None:
    with plain:
        plain.show(View("live", alerts=(alert(titles=(HOSTILE,)),)))
        plain.log(HOSTILE)
    assert output.getvalue().count("[bold]Red[/bold]") == 2
    assert "\x1b" not in output.getvalue()


def test_live_gives_the_terminal_back_and_leaves_the_alerts_on_it() -> None:
    console = Console(file=io.StringIO(), width=100, height=30, force_terminal=True)
    shown: list[Alert] = []
    with Display(console, PLACES) as display:
        for view in run():
            display.show(view)
            shown = list(view.alerts)
        display.log("done")
    assert isinstance(console.file, io.StringIO)
    _, _, after = console.file.getvalue().rpartition("\x1b[?1049l")
    assert "RESOLVED" in after
    assert "North Korea: defence-pact" in after
    assert "ESCALATED" not in after
    assert len(shown) == 4


def test_live_gives_the_terminal_back_when_the_run_fails() -> None:
    console = Console(file=io.StringIO(), width=100, height=30, force_terminal=True)

    def fail() -> None:
        with Display(console) as display:
            display.show(run()[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().count("\x1b[?1049l") == 1


def test_short_names_say_how_many_are_left_out() -> None:
    assert short_names(()) == ""
    assert short_names(("Eastern Asia",)) == "E Asia"
    assert short_names(("South America", "Caribbean", "Australia and New Zealand", "Melanesia")).endswith("+2")
