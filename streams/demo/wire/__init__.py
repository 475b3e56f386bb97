"""The demo's news wire: seeded, written for the project, with one story that should raise an alert."""

from streams.demo.wire.desk import Item
from streams.demo.wire.generate import EXPECTED_SERIES, expected, wire
from streams.demo.wire.material import place_names

__all__ = ["EXPECTED_SERIES", "Item", "expected", "place_names", "wire"]
