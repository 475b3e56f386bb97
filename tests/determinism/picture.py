"""A year's growth as a small SVG and as a table."""

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT, LEFT, TOP = 720, 300, 52, 40
COLOURS = {
    "state.detect, bytes": "#b3261e",
    "state.deduplicate, bytes": "#7d5260",
    "series": "#0b57d0",
    "texts in memory": "#146c2e",
    "process memory": "#6b6b6b",
}
FIELDS = {
    "state.detect, bytes": "detect_bytes",
    "state.deduplicate, bytes": "deduplicate_bytes",
    "series": "series",
    "texts in memory": "texts",
    "process memory": "rss",
}


def draw(weeks: Sequence[Any]) -> str:
    """Each curve against its own highest value, from nothing, so that any rise is seen."""
    lines = []
    for number, (name, field) in enumerate(FIELDS.items()):
        values = [getattr(week, field) for week in weeks]
        most = max(values) or 1
        points = " ".join(f"{_x(n, len(values)):.1f},{_y(value / most):.1f}" for n, value in enumerate(values))
        lines.append(f'<polyline fill="none" stroke="{COLOURS[name]}" stroke-width="1.6" points="{points}"/>')
        x, y = LEFT + 8 + 220 * (number % 3), 14 + 14 * (number // 3)
        lines.append(f'<text x="{x}" y="{y}" fill="{COLOURS[name]}">{name}: most {_short(field, most)}</text>')
    bottom = _y(0)
    axes = [
        f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - 10}" fill="none" stroke="#444"/>',
        *(
            f'<text x="{_x(n, len(weeks)):.0f}" y="{bottom + 16}" text-anchor="middle">{weeks[n].week}</text>'
            for n in range(0, len(weeks), max(1, len(weeks) // 13))
        ),
        *(
            f'<text x="{LEFT - 6}" y="{_y(share) + 4:.0f}" text-anchor="end">{share:.0%}</text>'
            for share in (0, 0.5, 1)
        ),
        f'<text x="{(LEFT + WIDTH) // 2}" y="{bottom + 32}" text-anchor="middle">week</text>',
    ]
    body = "\n".join([*axes, *lines])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="11">\n<title>State over a year</title>\n<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        f"{body}\n</svg>\n"
    )


def table(weeks: Sequence[Any]) -> str:
    """Some of the weeks, as Markdown."""
    shown = {1, 2, 4, 8, 13, 26, 39, len(weeks)}
    rows = [
        "| week | headlines so far | `state.deduplicate` | `state.detect` | texts in memory | series | process |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {week.week} | {week.headlines:,} "
        f"| {week.deduplicate_entries} entries, {_short('bytes', week.deduplicate_bytes)} "
        f"| {week.detect_entries:,} entries, {_short('bytes', week.detect_bytes)} "
        f"| {week.texts:,} | {week.series:,} | {_short('rss', week.rss)} |"
        for week in weeks
        if week.week in shown
    ]
    return "\n".join(rows)


def _short(field: str, value: float) -> str:
    if field in ("rss", "bytes") or field.endswith("_bytes"):
        return f"{value / 2**20:.0f} MiB" if value >= 2**21 else f"{value / 1024:.0f} KiB"
    return f"{value:,.0f}"


def _x(n: int, of: int) -> float:
    return LEFT + (WIDTH - 10 - LEFT) * n / max(of - 1, 1)


def _y(share: float) -> float:
    return TOP + (HEIGHT - 44 - TOP) * (1 - share)
