"""Every number that detection decides by, as a frozen settings object; the values stand in `agents/rules/detect.yaml`.

A fault in the file is refused at start with its line. A caller may override single settings by name (`min_unique: 3`
suits a thin stream). What each number does is told where it is set, in the YAML file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agents import faults

PATH = Path(__file__).parent.parent / "rules" / "detect.yaml"


class DetectRules(BaseModel):
    """The settings of detection. All are required in the file, so that no number is hidden in code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_unique: int = Field(ge=1)
    min_publishers: int = Field(ge=1)
    alpha: float = Field(gt=0, lt=0.5)
    escalate_factor: float = Field(gt=0, lt=1)
    critical_factor: float = Field(gt=0, lt=1)
    critical_publishers: int = Field(ge=1)
    resolve_p: float = Field(gt=0, lt=1)
    resolve_after_hours: int = Field(ge=0)
    alive_share: float = Field(ge=0, le=1)
    sustained_after_hours: int = Field(ge=1)
    learning_days: int = Field(ge=0)

    half_life_days: float = Field(gt=0)
    sustained_half_life_days: float = Field(gt=0)
    prior_strength: float = Field(gt=0)
    prior_rate: float = Field(gt=0)
    prior_share: float = Field(gt=0, le=1)
    share_strength: float = Field(gt=0)
    winsor_deviations: float = Field(ge=0)
    winsor_allowance: float = Field(ge=0)
    negligible: float = Field(ge=0)

    season_strength: float = Field(gt=0)
    season_bound: float = Field(ge=1)
    own_share: float = Field(ge=0, le=1)
    exposure_floor: float = Field(ge=0, le=1)
    exposure_growth: float = Field(ge=1)

    dispersion_prior: float = Field(gt=0)
    dispersion_least: float = Field(gt=0)
    dispersion_most: float = Field(gt=0)
    dispersion_strength: float = Field(gt=0)
    dispersion_clip: float = Field(gt=0)
    dispersion_least_mean: float = Field(gt=0)

    evidence_kept: int = Field(ge=20)


def load_rules(path: Path = PATH, overrides: Mapping[str, Any] | None = None) -> DetectRules:
    """Read the settings; raises `agents.faults.RulesError` with every fault of the file."""
    return faults.read(path, DetectRules, overrides)
