"""How a series stands, on one screen."""

from collections.abc import Iterable, Mapping

from rich.table import Table
from rich.text import Text

from agents.detect.revision import amount
from schemas.standing import Gate, Standing, StandingHorizon
from streams.cli.explain_series import OF_THE_MOMENT
from streams.cli.output import console
from streams.visible import visible

_HOURS = {"2h": "2 h", "24h": "24 h"}
_COMMON = "both"


def show(told: Standing, names: Mapping[str, str]) -> None:
    """Print it."""
    out = console()
    place = told.series.partition("/")[0]
    out.print(Text(visible(f"{told.series}  {names.get(place, '')}, as of the close at {told.at}"), style="bold"))
    out.print(Text(visible(told.verdict), style="red" if told.alert else ""))
    if not told.seen:
        out.print("Nothing was ever seen of the series, or all of it is forgotten.")
    out.print()
    doubted = told.known_until != told.at
    out.print(_gates("To open", told.opens, doubted))
    if told.resolves:
        out.print()
        out.print(_gates("To resolve", told.resolves, doubted))
    out.print()
    out.print(_numbers(told.horizons))
    out.print()
    for name, lines in _rest(told):
        out.print(Text(f"{name:>9}  ", style="dim").append(visible(lines)))


def _gates(title: str, gates: Iterable[Gate], doubted: bool) -> Table:
    """`doubted`: the counts end before, so that nobody knows whether what asks about the moment itself holds."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in (title, "Horizon", "Holds", "Value", "Threshold", "Because"):
        table.add_column(column)
    for gate in gates:
        table.add_row(
            gate.name.replace("_", " "),
            _HOURS.get(gate.horizon or "", _COMMON),
            _holds(gate, doubted),
            _number(gate.value),
            _number(gate.threshold),
            Text(visible(gate.told)),
        )
    return table


def _holds(gate: Gate, doubted: bool) -> Text:
    if doubted and gate.name in OF_THE_MOMENT:
        return Text("?", style="yellow")
    return Text("yes", style="green") if gate.holds else Text("NO", style="bold red")


def _numbers(horizons: Iterable[StandingHorizon]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    columns = ("Horizon", "From", "Seen", "Expected", "95 %", "p", "Alert from", "Usual to", "Exposure", "Dispersion")
    for column in columns:
        table.add_column(column)
    for one in horizons:
        elsewhere = f" and {one.told} told elsewhere" if one.told else ""
        table.add_row(
            _HOURS[one.horizon],
            one.since,
            f"{one.observed}{elsewhere}",
            amount(one.expected),
            f"{one.interval[0]} to {one.interval[1]}",
            f"{one.p:.2g}",
            str(one.needed),
            str(one.usual),
            amount(one.exposure),
            f"{one.dispersion:.2g}",
        )
    return table


def _rest(told: Standing) -> Iterable[tuple[str, str]]:
    base = told.baseline
    yield (
        "baseline",
        f"since {base.since}, {base.days:.1f} days learnt (a day late), "
        f"{amount(base.samples)} headlines of the series (discounted)",
    )
    if told.alert is not None:
        alert = told.alert
        yield "alert", f"{alert.id}, revision {alert.revision}, {alert.headlines} headlines so far"
        yield "calm", f"since {alert.calm_since}" if alert.calm_since else "not yet"
    yield ("to open" if told.alert is None else "to end"), "; and ".join(told.changes) or "nothing more"
    yield "rules", f"{told.rules}, alpha {told.alpha:g}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2g}" if 0 < abs(value) < 0.1 else f"{value:g}"
