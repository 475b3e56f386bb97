"""A deployment for each test."""

from pathlib import Path

import pytest

from tests.integration.deployment import Deployment


@pytest.fixture
def deployment(kafka: str, prefix: str, tmp_path: Path) -> Deployment:
    """Topics made, nothing else running."""
    made = Deployment(kafka, prefix, tmp_path)
    made.run("topics", "create")
    return made
