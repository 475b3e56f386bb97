"""An alert's revision for people: a block of text, nothing in it that a headline could use against the terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from schemas.alert import Alert, AlertHeadline
from streams.visible import visible

SHOWN = 5
"""Headlines of the evidence in a block; `--json` has all that the revision holds."""
_STYLES = {"opened": "bold red", "escalated": "bold white on red", "sustained": "yellow", "resolved": "green"}


def block(alert: Alert, names: Mapping[str, str]) -> Text:
    """The block of one revision; `names` has what places are called."""
    text = Text()
    text.append(alert.status.upper(), _STYLES.get(alert.status, "bold"))
    theme = "all themes" if alert.theme == "any" else visible(alert.theme)
    text.append(f"  {visible(names.get(alert.place, alert.place))}: {theme}", "bold")
    text.append(f"  {alert.severity}  {visible(alert.at)}\n")
    text.append(f"  {visible(alert.reason)}\n")
    low, high = alert.interval
    text.append(
        f"  {alert.observed} headlines in {alert.horizon}, expected {alert.expected:.2g} ({low} to {high}), "
        f"p = {alert.p:.1e}, alarm below {alert.alpha:.1e}\n",
        "dim",
    )
    for headline in alert.evidence[:SHOWN]:
        text.append(f"  - {_headline(headline)}\n")
    more = alert.evidence_count - min(SHOWN, len(alert.evidence))
    if more > 0:
        text.append(f"    and {more} more, {alert.publisher_count} publishers in all\n")
    text.append(f"  {visible(alert.id)} revision {alert.revision}, rules {visible(alert.rules)}\n", "dim")
    return text


def _headline(headline: AlertHeadline) -> str:
    named = visible(headline.publisher) if headline.publisher else "publisher not named"
    return f"{visible(headline.title)} ({named}, {visible(headline.event_time)})"


def print_block(console: Console, alert: Alert, names: Mapping[str, str]) -> None:
    """Print a block; whatever its words are, they are not read as markup."""
    console.print(block(alert, names), soft_wrap=True, highlight=False)
