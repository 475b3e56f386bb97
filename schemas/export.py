"""JSON Schema of every topic's values, for subscribers and producers in other languages.

    python -m schemas.export            writes schemas/json/TOPIC.json, and explain.json: what `tocsin explain` prints
    python -m schemas.export --check    ends with 1 when one of them is not up to date

The models are the source; what their docstrings say of a field is its description. `state.*` topics are internal and
have no contract.
"""

import argparse
import ast
import inspect
import json
import sys
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, TypeAdapter

from schemas.alert import Alert
from schemas.base import SCHEMA_VERSION
from schemas.clock import PartitionClock
from schemas.count import SeriesCount, VolumeCount
from schemas.explanation import Explanation, Unexplained
from schemas.generation import Generation
from schemas.raw import RawHandover, RawHeadline, RawTick, RawWithdrawal
from schemas.rejected import Rejected
from schemas.row import ClassifiedRow, ReleasedRow
from schemas.standing import Standing

DIRECTORY = Path(__file__).parent / "json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Contract(NamedTuple):
    """What stands in a topic."""

    what: str
    type: Any
    mode: Literal["validation", "serialization"] = "serialization"


RAW = RawTick | RawHandover | RawWithdrawal | RawHeadline
TOPICS = {
    "headlines.raw": Contract("What producers send.", RAW, "validation"),
    "headlines.import": Contract("A history, each record at its own time.", RAW, "validation"),
    "headlines.rejected": Contract("What could not be taken, with its reason and its original bytes.", Rejected),
    "headlines.classified": Contract("A row for each headline and lane, minutes and ticks.", ClassifiedRow),
    "headlines.deduplicated": Contract("The same rows with their verdict, in released order.", ReleasedRow),
    "alerts": Contract("Every revision of every alert.", Alert),
    "alerts.current": Contract("The latest revision of each series' alert.", Alert),
    "counts": Contract("Closed buckets, of series and of volume.", SeriesCount | VolumeCount),
    "clocks": Contract("How far each raw partition has been read.", PartitionClock),
    "generation": Contract("What all workers of a generation agree on.", Generation),
}
PRINTED = {
    "explain": Contract("A line of `tocsin explain --json`.", Explanation | Unexplained),
    "explain.series": Contract("What `tocsin explain --series S --at TIME --json` prints.", Standing),
}
"""What commands print for programs, and no topic holds."""


def documents() -> dict[str, str]:
    """The text of each file, by its name."""
    return {
        f"{name}.json": json.dumps(_schema(name, contract), indent=2, ensure_ascii=False) + "\n"
        for name, contract in {**TOPICS, **PRINTED}.items()
    }


def outdated(directory: Path) -> list[str]:
    """Names of files in `directory` that are missing, different or no topic's."""
    wanted = documents()
    found = {path.name: path.read_text(encoding="utf-8") for path in directory.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def main(arguments: list[str] | None = None) -> int:
    """Write or check; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m schemas.export", description="JSON Schema of every topic.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when a file is not up to date")
    check: bool = parser.parse_args(arguments).check
    stale = outdated(DIRECTORY)
    if check:
        for name in stale:
            print(f"schemas/json/{name} is not up to date; run python -m schemas.export", file=sys.stderr)
        return 1 if stale else 0
    DIRECTORY.mkdir(exist_ok=True)
    wanted = documents()
    for name in stale:
        if name in wanted:
            (DIRECTORY / name).write_text(wanted[name], encoding="utf-8")
        else:
            (DIRECTORY / name).unlink()
        print(f"schemas/json/{name}")
    return 0


def _schema(topic: str, contract: Contract) -> dict[str, Any]:
    made = TypeAdapter(contract.type).json_schema(mode=contract.mode)
    models = {model.__name__: model for model in _models(BaseModel)}
    for name, part in [*made.get("$defs", {}).items(), (made.get("title", ""), made)]:
        if name in models:
            _describe(part, models[name])
    head = {
        "$schema": DIALECT,
        "$id": f"urn:tocsin:{topic}:{SCHEMA_VERSION}",
        "title": topic,
        "description": contract.what,
    }
    return head | {key: value for key, value in made.items() if key not in head}


def _describe(part: dict[str, Any], model: type[BaseModel]) -> None:
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base.__module__.startswith("schemas."):
            for field, text in _field_docs(base).items():
                if field in part.get("properties", {}):
                    part["properties"][field]["description"] = text


def _field_docs(model: type[BaseModel]) -> dict[str, str]:
    """The string below each field of a class."""
    tree = ast.parse(dedent(inspect.getsource(model)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    return {
        field.target.id: " ".join(inspect.cleandoc(doc.value.value).split())
        for field, doc in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(doc, ast.Expr)
        and isinstance(doc.value, ast.Constant)
        and isinstance(doc.value.value, str)
    }


def _models(base: type[BaseModel]) -> list[type[BaseModel]]:
    """All models of this package."""
    below = [model for child in base.__subclasses__() for model in (child, *_models(child))]
    return [model for model in below if model.__module__.startswith("schemas.")]


if __name__ == "__main__":
    sys.exit(main())
