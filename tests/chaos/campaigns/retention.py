"""Raw retention overtakes a stopped deployment: it refuses to go on, or is told to and counts what it went without."""

import re
from pathlib import Path

import orjson

from streams.engine.exits import Exit
from tests.chaos.campaign import Campaign
from tests.chaos.ground import Ground, each
from tests.chaos.topics import expire
from tests.integration import recount
from tests.integration.deployment import until

GONE = re.compile(r"\[(\d+)\]: records at \[(\d+), (\d+)\) are gone")


def faults(ground: Ground, times: int) -> None:
    """Stop, let raw records expire unread, see the refusal, go on without them."""
    deployment, settings = ground.deployment, ground.deployment.settings
    workers = ground.supervised(2)
    ground.load()
    ground.steady()
    dumps: list[Path] = []

    def overtake(number: int) -> None:
        nonlocal workers
        ground.require(workers.stop() in (0, 130), "a supervisor did not stop in order")
        ground.pause(3.0, 5.0)
        dumps.append(recount.dumped(deployment, f"dump-{number}.jsonl"))
        ends = _ends(dumps[-1])
        # the records of the last second or two before the dump: none of them has been read
        expire(settings, {partition: end - ground.random.randrange(20, 100) for partition, end in ends.items()})
        refused = ground.supervised(1)
        until(lambda: not refused.running, "the supervisor gives up", 60)
        said = refused.exits()
        ground.require(
            refused.process.returncode == Exit.LOST and bool(said) and all(bool(GONE.search(why)) for _, why in said),
            f"what is gone was not refused: {refused.process.returncode}, {said}",
        )
        workers = ground.supervised(2, TOCSIN_LOST_RECORDS="accept")
        ground.steady()
        accepted = {tuple(map(int, found)) for found in GONE.findall(workers.said())}
        for partition, first, end in accepted:
            ground.given_up |= {recount.where("headlines.raw", partition, offset) for offset in range(first, end)}
        ground.require(len(accepted) == len(ends), f"accepted losses are not all told: {accepted}")

    with ground.window("overtaken"):
        each(ground, times, overtake)
    ground.before_recount = lambda: _joined([*dumps, recount.dumped(deployment, "dump-last.jsonl")], ground)


def _ends(dump: Path) -> dict[int, int]:
    found: dict[int, int] = {}
    with dump.open("rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            if record.get("topic") == "headlines.raw":
                found[record["partition"]] = record["offset"] + 1
    return found


def _joined(dumps: list[Path], ground: Ground) -> Path:
    """The raw log as it was before anything expired, without what was never read."""
    kept: dict[str, tuple[int, bytes]] = {}
    first = b""
    for dump in dumps:
        with dump.open("rb") as lines:
            for line in lines:
                if (place := recount.place_in(line)) is None:
                    first = line
                elif place not in ground.given_up:
                    kept[place] = orjson.loads(line)["timestamp"], line
    joined = ground.deployment.directory / "joined.jsonl"
    in_order = sorted(kept.items(), key=lambda each: (each[1][0], *_numbers(each[0])))
    joined.write_bytes(first + b"".join(line for _, (_, line) in in_order))
    return joined


def _numbers(place: str) -> tuple[str, int, int]:
    topic, partition, offset = place.rsplit("/", 2)
    return topic, int(partition), int(offset)


CAMPAIGN = Campaign(
    "retention",
    "Raw records deleted before a stopped deployment has read them: refused with status 75, partition and offsets; "
    "then accepted (`TOCSIN_LOST_RECORDS=accept`) and told. What was accepted is not counted as lost here.",
    2,
    1,
    faults,
    ends=frozenset({Exit.LOST}),
)
