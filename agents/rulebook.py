"""All rules that a run decides by, read together from one directory, with the version that names them.

Read once at start: whatever is wrong with any file or override is told then, all of it at once, and nothing runs.
Equal versions decide equally: the version is a hash of every rule file, of the overrides and of the code's release.
"""

import difflib
import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from agents.classify.lanes import Lanes
from agents.classify.reader import RULES, Reader
from agents.deduplicate import rules as deduplicate_rules
from agents.deduplicate.rules import DeduplicateRules
from agents.detect import rules as detect_rules
from agents.detect.rules import DetectRules
from agents.faults import Fault, RulesError
from agents.faults import directory as existing

FILES = (
    "deduplicate.yaml",
    "deduplicate_opposites.yaml",
    "deduplicate_words.yaml",
    "detect.yaml",
    "lanes.yaml",
    "leaders.yaml",
    "modality.yaml",
    "places.yaml",
    "places_examples.yaml",
    "places_hard.yaml",
    "places_world.yaml",
    "publishers.yaml",
    "themes.yaml",
    "themes_words.yaml",
)
"""All that is read of a rules directory."""
_SECTIONS: Mapping[str, type[BaseModel]] = {"detect": DetectRules, "deduplicate": DeduplicateRules}
_Part = TypeVar("_Part")
_Settings = TypeVar("_Settings", DetectRules, DeduplicateRules)


@dataclass(frozen=True)
class Rulebook:
    """The rules of a run. Immutable; stages and pipelines share one."""

    reader: Reader
    lanes: Lanes
    deduplicate: DeduplicateRules
    detect: DetectRules
    version: str
    """12 hexadecimal digits."""

    @classmethod
    def load(cls, directory: Path | None = None, overrides: Sequence[str] = ()) -> "Rulebook":
        """The package's rules, or those of `directory`, with `overrides` such as `detect.min_unique=3` on top.

        Raises RulesError with every fault of every file and override.
        """
        where = existing(directory or RULES)
        faults: list[Fault] = []
        if not any((where / name).exists() for name in ("lanes.yaml", "themes.yaml", "places.yaml")):
            cure = "name a full directory of rule files in --rules or TOCSIN_RULES, a copy of the packaged one to begin"
            raise RulesError([Fault(str(where), 0, "no rule files in it", cure)])
        faults += strays(where)
        settings = _parsed(overrides, faults)
        reader = _tried(lambda: Reader.load(where), faults)
        lanes = _tried(lambda: Lanes.load(where / "lanes.yaml"), faults)
        deduplicate = _settings(deduplicate_rules.load_rules, where / "deduplicate.yaml", settings, faults)
        detect = _settings(detect_rules.load_rules, where / "detect.yaml", settings, faults)
        if faults or reader is None or lanes is None or deduplicate is None or detect is None:
            raise RulesError(faults)
        return cls(reader, lanes, deduplicate, detect, version_of(where, settings))


def strays(directory: Path) -> list[Fault]:
    """YAML files of a rules directory that nothing reads: under a misspelt name rules would be missed in silence."""
    found = []
    for path in sorted(directory.iterdir()):
        if path.suffix in (".yaml", ".yml") and path.name not in FILES:
            near = difflib.get_close_matches(path.name, FILES, n=1)
            cure = (
                f"did you mean {near[0]}? Else move it out of the directory" if near else "move it out of the directory"
            )
            found.append(Fault(path.name, 0, "nothing reads this file", cure))
    return found


def version_of(directory: Path, overrides: Mapping[str, Any]) -> str:
    """The name of these files and overrides, by `section.key`, under this release of the code."""
    digest = blake2b(digest_size=6)
    for path in sorted(directory.glob("*.yaml"), key=lambda path: path.name):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    digest.update(json.dumps(overrides, sort_keys=True, default=str).encode())
    digest.update(importlib.metadata.version("tocsin").encode())
    return digest.hexdigest()


def _tried(load: Callable[[], _Part], faults: list[Fault]) -> _Part | None:
    try:
        return load()
    except RulesError as error:
        faults += error.faults
        return None


def _settings(
    load: Callable[[Path, Mapping[str, Any]], _Settings], path: Path, overrides: Mapping[str, Any], faults: list[Fault]
) -> _Settings | None:
    """The file's settings first, so that its own faults are told as its own; then with what overrides them."""
    own = {key.partition(".")[2]: value for key, value in overrides.items() if key.partition(".")[0] == path.stem}
    read = _tried(lambda: load(path, {}), faults)
    if read is None or not own:
        return read
    try:
        return load(path, own)
    except RulesError as error:
        for fault in error.faults:
            key = fault.what.partition(":")[0]
            given = f"{path.stem}.{key}={own[key]}" if key in own else path.stem
            faults.append(fault._replace(file=f"--set or TOCSIN_SET, {given}", line=0))
        return None


def _parsed(overrides: Sequence[str], faults: list[Fault]) -> dict[str, Any]:
    """`section.key=value` by `section.key`; the last of a key counts."""
    parsed: dict[str, Any] = {}
    known = [f"{section}.{key}" for section, model in _SECTIONS.items() for key in model.model_fields]
    for override in overrides:
        name, equals, text = override.partition("=")
        name = name.strip()
        given = f"--set or TOCSIN_SET, {override}"
        if not equals:
            faults.append(Fault(given, 0, "no value", "write it as detect.min_unique=3"))
        elif name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            faults.append(Fault(given, 0, f"no setting {name!r}", f"the nearest is {nearest}"))
        else:
            try:
                parsed[name] = yaml.safe_load(text)
            except yaml.YAMLError:
                faults.append(Fault(given, 0, "the value is not YAML", "quote it, or correct it"))
    return parsed
