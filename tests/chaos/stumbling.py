"""`tocsin` with one fault put in: `classify` raises at titles that begin with `headlines.MAGIC`, and at nothing else.

python -m tests.chaos.stumbling worker
"""

from typing import Any

from agents.classify.step import Classifier
from streams.cli import main
from tests.chaos.headlines import STUMBLED

_read = Classifier.read


def read(self: Classifier, record: Any, arrival: int | None) -> Any:
    """As ever, but for the magic title."""
    if (record.value or b"").startswith(STUMBLED):
        raise ArithmeticError("a fault was put in here")
    return _read(self, record, arrival)


if __name__ == "__main__":
    Classifier.read = read  # type: ignore[method-assign]
    main()
