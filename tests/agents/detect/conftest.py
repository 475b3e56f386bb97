"""Settings for tests: those that ship."""

import pytest

from agents.detect.rules import DetectRules, load_rules


@pytest.fixture(scope="session")
def rules() -> DetectRules:
    return load_rules()
