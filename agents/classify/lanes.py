"""Which lane reads which subregions: the one shuffle of the flow, from `lanes.yaml`.

The table is total (every subregion of UN M49 stands in exactly one lane), so a headline about any country finds its
lane, and a series never has two.
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

from agents.faults import Fault, RulesError, line_of, read_lines

SUBREGIONS: Mapping[str, str] = {
    "005": "South America",
    "011": "Western Africa",
    "013": "Central America",
    "014": "Eastern Africa",
    "015": "Northern Africa",
    "017": "Middle Africa",
    "018": "Southern Africa",
    "021": "Northern America",
    "029": "Caribbean",
    "030": "Eastern Asia",
    "034": "Southern Asia",
    "035": "South-eastern Asia",
    "039": "Southern Europe",
    "053": "Australia and New Zealand",
    "054": "Melanesia",
    "057": "Micronesia",
    "061": "Polynesia",
    "143": "Central Asia",
    "145": "Western Asia",
    "151": "Eastern Europe",
    "154": "Northern Europe",
    "155": "Western Europe",
}
"""UN M49 code to name. Intermediate regions where M49 has them (Africa, the Americas), else subregions."""


class Lanes:
    """The table, read once and never changed."""

    def __init__(self, table: tuple[tuple[str, ...], ...]) -> None:
        self._table = table
        self._lanes = {subregion: lane for lane, subregions in enumerate(table) for subregion in subregions}

    @classmethod
    def load(cls, path: Path) -> "Lanes":
        """Read `lanes.yaml`. Raises RulesError with every fault: a subregion twice, missing or unknown."""
        document, root = read_lines(path)
        faults = _faults(path.name, document, root)
        if faults:
            raise RulesError(faults)
        return cls(tuple(tuple(lane) for lane in document["lanes"]))

    @property
    def count(self) -> int:
        """How many lanes there are."""
        return len(self._table)

    def lane_of(self, subregion: str) -> int:
        """The lane that reads `subregion`; raises KeyError for what is none."""
        return self._lanes[subregion]

    def subregions(self, lane: int) -> frozenset[str]:
        """What `lane` reads."""
        return frozenset(self._table[lane])


def _faults(name: str, document: object, root: yaml.Node) -> list[Fault]:
    settings = document if isinstance(document, dict) else {}
    lanes = settings.get("lanes")
    if not isinstance(lanes, list) or not lanes or not all(isinstance(lane, list) and lane for lane in lanes):
        return [Fault(name, 1, "no list of lanes", 'write `lanes:` and below it lines like `- ["021", "029"]`')]
    faults = [Fault(name, 1, f"unknown setting {key}", "remove it") for key in settings if key != "lanes"]
    seen: dict[str, int] = {}
    for number, lane in enumerate(lanes):
        for place, subregion in enumerate(lane):
            line = line_of(root, ("lanes", number, place))
            if not isinstance(subregion, str):
                faults.append(Fault(name, line, f"{subregion!r} is not a string", "put the code in quotes"))
            elif subregion not in SUBREGIONS:
                faults.append(Fault(name, line, f"{subregion} is no M49 subregion", "see the list in the handbook"))
            elif subregion in seen:
                faults.append(
                    Fault(
                        name,
                        line,
                        f"{subregion} stands in two lanes",
                        f"keep one; the first is in line {seen[subregion]}",
                    )
                )
            seen.setdefault(str(subregion), line)
    missing = [f"{code} ({SUBREGIONS[code]})" for code in SUBREGIONS if code not in seen]
    if missing:
        faults.append(Fault(name, line_of(root, ("lanes",)), f"missing: {', '.join(missing)}", "add each to one lane"))
    return faults
