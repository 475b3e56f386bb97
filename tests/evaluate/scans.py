"""Archives of real headlines through the whole pipeline in memory, once for all who ask.

They are thin: 25 headlines a day, and twenty an hour most of which were there an hour before. So three unique
headlines are enough for an alert.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

from agents.rulebook import Rulebook
from schemas.alert import Alert
from schemas.base import DAY, moment
from streams.cli.scanning import Scanned, scan_log
from streams.sources import log, read

MIN_UNIQUE = 3
THIN = f"detect.min_unique={MIN_UNIQUE}"
LONG_AFTER = moment("2027-01-01T00:00:00Z")
"""No headline of an archive is from the future."""


@cache
def rules() -> Rulebook:
    """Those that ship, for a thin stream."""
    return Rulebook.load(None, [THIN])


@cache
def scanned(archive: Path) -> Scanned:
    """What the archive comes to: alerts by (id, revision), and counts."""
    with read(str(archive)) as rows:
        return scan_log(rules(), log(rows, LONG_AFTER, 1), len(rows), _unseen)


def opened(alerts: Iterable[Alert], since: int = 0, until: int = LONG_AFTER) -> list[Alert]:
    """Alerts as they opened, in `[since, until)`."""
    return [alert for alert in alerts if alert.status == "opened" and since <= moment(alert.at) < until]


def days(since: int, until: int) -> float:
    """How many there are."""
    return (until - since) / DAY


def _unseen(_: int) -> AbstractContextManager[Callable[[int], None]]:
    """Nobody is told how far it is."""
    return nullcontext(lambda _: None)
