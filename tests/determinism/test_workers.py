"""Real workers, killed and sent away over one raw log, write the same bytes as one that is left alone."""

from pathlib import Path

from tests.determinism import workers


def test_generations_over_one_raw_log_are_the_same(kafka: str, tmp_path: Path) -> None:
    result = workers.run(kafka, tmp_path, headlines=250, plans=workers.SHORT)
    assert result.differences == []
    assert result.opened > 0
    assert result.plans[1]["under_load"] > 0
