"""The course of a series as an SVG: what was seen, what was expected, from where on it is an alert, and the alerts.

A pure function of its values, so that the same course gives the same bytes. Names come from outside: they are escaped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape

from agents.backtest.course import Point
from agents.backtest.raised import Raised
from schemas.base import DAY, HOUR, MINUTE, iso
from streams.visible import visible

WIDTH, LEFT, RIGHT = 1000, 58, 16
TOP, PANEL, GAP, BOTTOM = 74, 220, 46, 44
HEIGHT = TOP + 2 * PANEL + GAP + BOTTOM
BAND, EXPECTED, SEEN, ALPHA = "#cfe0f5", "#3b6fb6", "#1a1a1a", "#b3261e"
ALERTS = {"moderate": "#f2c14e", "high": "#ef8354", "critical": "#d1495b"}
_TICKS = (15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, *(n * DAY for n in (1, 2, 7, 14, 28, 91, 182, 364)))

Scale = Callable[[float], float]


def draw(title: str, short: Sequence[Point], long: Sequence[Point], alerts: Sequence[Raised]) -> str:
    """The chart: the horizon of 24 h above that of 2 h. `short` and `long` have at least one point each."""
    first, last = long[0].at, max(long[-1].at, long[0].at + 1)

    def x(at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (min(max(at, first), last) - first) / (last - first)

    head = escape(visible(title))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="12" role="img">',
        f"<title>{head}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="17" font-weight="bold">{head}</text>',
        f'<text x="{LEFT}" y="42" fill="#555">{iso(first)} to {iso(last)}, unique headlines</text>',
        *_legend(),
    ]
    for number, (name, points) in enumerate((("last 24 h", long), ("last 2 h", short))):
        top = TOP + number * (PANEL + GAP)
        parts += _panel(name, points, alerts, top, x, (first, last))
    parts += _time_axis(first, last, x)
    return "\n".join([*parts, "</svg>", ""])


def _panel(
    name: str, points: Sequence[Point], alerts: Sequence[Raised], top: int, x: Scale, span: tuple[int, int]
) -> Iterator[str]:
    bottom = top + PANEL
    most = max([4, *(max(point.observed, point.high) for point in points)])
    # The line that an alert needs is always in the picture, unless it would flatten all the rest.
    most = max(most, min(max(point.enough for point in points), 3 * most))
    step = _step(most)
    most = -(-most // step) * step

    def y(value: float) -> float:
        return bottom - PANEL * min(max(value, 0), most) / most

    for alert in alerts:
        end = span[1] if alert.ended is None else alert.ended
        if end < span[0] or alert.opened > span[1]:
            continue
        left, right = x(alert.opened), x(end)
        until = "still open" if alert.ended is None else f"{alert.status} {iso(alert.ended)}"
        told = escape(visible(f"{alert.id}: {alert.peak}, opened {iso(alert.opened)}, {until}"))
        yield (
            f'<g><rect x="{left:.1f}" y="{top}" width="{max(right - left, 2):.1f}" height="{PANEL}" '
            f'fill="{ALERTS[alert.peak]}" fill-opacity="0.3"/>'
            f'<path d="M{left:.1f} {top}V{bottom}" stroke="{ALERTS[alert.peak]}" stroke-width="1.5"/>'
            f"<title>{told}</title></g>"
        )
    for value in range(0, most + 1, step):
        yield f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#e6e6e6"/>'
        yield f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,}</text>'
    upper = [(x(point.at), y(point.high)) for point in points]
    lower = [(x(point.at), y(point.low)) for point in reversed(points)]
    yield f'<polygon fill="{BAND}" fill-opacity="0.8" points="{_points([*upper, *lower])}"/>'
    expected = _points((x(point.at), y(point.expected)) for point in points)
    yield f'<polyline fill="none" stroke="{EXPECTED}" stroke-width="1.3" points="{expected}"/>'
    alpha = _points((x(point.at), y(point.enough)) for point in points)
    yield f'<polyline fill="none" stroke="{ALPHA}" stroke-width="1.2" stroke-dasharray="5 4" points="{alpha}"/>'
    seen = _points((x(point.at), y(point.observed)) for point in points)
    yield f'<polyline fill="none" stroke="{SEEN}" stroke-width="1.5" points="{seen}"/>'
    yield f'<path d="M{LEFT} {top}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="#444"/>'
    yield (
        f'<text x="16" y="{top + PANEL / 2:.0f}" text-anchor="middle" '
        f'transform="rotate(-90 16 {top + PANEL / 2:.0f})">headlines, {name}</text>'
    )


def _legend() -> Iterator[str]:
    entries = [
        (f'<path d="M0 0H22" stroke="{SEEN}" stroke-width="2"/>', "seen"),
        (f'<path d="M0 0H22" stroke="{EXPECTED}" stroke-width="2"/>', "expected"),
        (f'<rect y="-6" width="22" height="12" fill="{BAND}"/>', "95 % of it"),
        (
            f'<path d="M0 0H22" stroke="{ALPHA}" stroke-width="2" stroke-dasharray="5 4"/>',
            "enough for an alert (p under alpha)",
        ),
        *(
            (f'<rect y="-6" width="22" height="12" fill="{colour}" fill-opacity="0.5"/>', f"alert, {severity}")
            for severity, colour in ALERTS.items()
        ),
    ]
    left = LEFT
    for mark, name in entries:
        yield f'<g transform="translate({left} 58)">{mark}<text x="28" y="4">{name}</text></g>'
        left += round(28 + 6.4 * len(name) + 14)


def _time_axis(first: int, last: int, x: Scale) -> Iterator[str]:
    """Round moments under both panels; dates, and times where a day is wide."""
    step = next((one for one in _TICKS if (last - first) / one <= 10), _TICKS[-1])
    at = -(-first // step) * step
    bottom = HEIGHT - BOTTOM
    while at <= last:
        moment = datetime.fromtimestamp(at / 1000, UTC)
        told = moment.strftime("%d %b %H:%M" if step < DAY else "%d %b %Y" if step >= 28 * DAY else "%d %b")
        for foot in (TOP + PANEL, bottom):
            yield f'<path d="M{x(at):.1f} {foot}v5" stroke="#444"/>'
        yield f'<text x="{x(at):.1f}" y="{bottom + 19}" text-anchor="middle">{told}</text>'
        at += step
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">time, UTC</text>'


def _step(most: int) -> int:
    """Between two lines of the grid: 1, 2 or 5 times a power of ten, six lines at most."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 6 * factor * size:
                return factor * size
        size *= 10


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{left:.1f},{top:.1f}" for left, top in pairs)
