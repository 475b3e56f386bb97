"""The supervisor, with real processes: restarts at once, gives up where a restart cannot help, stops everything."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.supervisor import Supervisor

WAITS = "import time; time.sleep(60)"


def supervisor(code: str, tmp_path: Path, count: int = 1) -> tuple[Supervisor, Callable[[], list[str]]]:
    """Processes that write down who they are and then run `code`; and what was written down."""
    noted = tmp_path / "noted"
    begin = f"import os; open({str(noted)!r}, 'a').write(os.environ['TOCSIN_INSTANCE_ID'] + ' %d\\n' % os.getpid()); "
    made = Supervisor([sys.executable, "-c", begin + code], count, "w", 0, lambda _: None)
    return made, lambda: noted.read_text().splitlines() if noted.exists() else []


async def noted(lines: Callable[[], list[str]], count: int) -> list[str]:
    """Wait until so many processes have begun."""
    async with asyncio.timeout(20):
        while len(lines()) < count:
            await asyncio.sleep(0.02)
    return lines()


async def test_each_has_a_static_id_and_is_back_after_a_kill(tmp_path: Path) -> None:
    made, lines = supervisor(WAITS, tmp_path, count=2)

    async def scenario() -> None:
        begun = await noted(lines, 2)
        assert sorted(line.split()[0] for line in begun) == ["w-0", "w-1"]
        victim, pid = begun[0].split()
        os.kill(int(pid), 9)
        again = (await noted(lines, 3))[2]
        assert again.split()[0] == victim

    assert await made.run(scenario) == 0
    assert made.restarts == 1
    for line in lines():
        with pytest.raises(ProcessLookupError):
            os.kill(int(line.split()[1]), 0)


async def test_what_a_restart_cannot_help_ends_everything(tmp_path: Path) -> None:
    made, lines = supervisor("raise SystemExit(2)", tmp_path)
    assert await made.run() == 2
    assert len(lines()) == 1


async def test_an_outage_of_kafka_is_waited_out(tmp_path: Path) -> None:
    made, lines = supervisor("raise SystemExit(3)", tmp_path)

    async def scenario() -> None:
        await noted(lines, 2)

    assert await made.run(scenario) == 0


async def test_a_goal_that_fails_stops_the_workers_too(tmp_path: Path) -> None:
    made, lines = supervisor(WAITS, tmp_path)

    async def scenario() -> None:
        await noted(lines, 1)
        raise RuntimeError("Kafka went away")

    with pytest.raises(RuntimeError):
        await made.run(scenario)
    with pytest.raises(ProcessLookupError):
        os.kill(int(lines()[0].split()[1]), 0)
