"""Faults of settings as sentences: the variable, its value, where that is from, what is wrong and what it takes."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.fields import FieldInfo

ENV_PREFIX = "TOCSIN_"


def variable(field: str) -> str:
    """The environment variable of a setting."""
    return f"{ENV_PREFIX}SET" if field == "overrides" else f"{ENV_PREFIX}{field.upper()}"


def fault(detail: Mapping[str, Any], given: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> str:
    """One of pydantic's errors as a sentence with variable, value, source and cure."""
    if not detail["loc"]:
        return str(detail["msg"]).removeprefix("Value error, ")
    name = str(detail["loc"][0])
    field = "overrides" if name == f"{ENV_PREFIX}SET" else name
    if field not in fields:
        near = difflib.get_close_matches(field, fields, 1)
        return f"{field}: no such setting" + (f"; did you mean {near[0]}?" if near else "; remove it")
    source = "given by the command line or the program" if field in given else "from the environment"
    value = "***" if "password" in field else detail["input"]
    what = str(detail["msg"]).removeprefix("Value error, ")
    takes = fields[field].description
    return f"{variable(field)}={value} ({source}): {what}; it takes {takes}"


def misspelt(environment: Iterable[str], fields: Iterable[str]) -> list[str]:
    """Variables that are nearly a setting's. Others may begin like ours: an orchestrator makes TOCSIN_SERVICE_HOST."""
    known = [variable(field) for field in fields]
    faults = []
    for name in sorted(environment):
        if name.startswith(ENV_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, 1, cutoff=0.9)
            if near:
                faults.append(f"{name} (from the environment): no such setting; did you mean {near[0]}?")
    return faults
