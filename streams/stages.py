"""The pipeline as the engine runs it: which stage reads which topic, and how each is built from the rules.

A replay is a generation like any other, but for its live partitions: each begins at an offset and ends at one.
"""

from collections.abc import Mapping, Sequence

from agents.classify.agent import ClassifyStage
from agents.classify.clock import Stretch
from agents.deduplicate.agent import DeduplicateStage
from agents.detect.agent import DetectStage
from agents.detect.outlets import Outlets
from agents.detect.publisher import Publisher
from agents.rulebook import Rulebook
from schemas.generation import Generation
from streams.engine.spec import StageSpec
from streams.settings import IMPORT
from streams.settings import RAW as RAW


def inputs(generation: Generation) -> dict[tuple[str, int], int | None]:
    """The inputs of the merge, (plain topic, partition), each with what it promises from the beginning.

    A live partition promises its generation's start, or in a replay that has nothing to read in it, the replay's end;
    an import partition promises nothing.
    """
    live: dict[tuple[str, int], int | None] = {}
    for partition in range(generation.raw_partitions):
        stretch = stretch_of(generation, partition)
        nothing = stretch is not None and stretch.last is None
        live[RAW, partition] = stretch.until if stretch is not None and nothing else generation.start
    return live | {(IMPORT, p): None for p in range(generation.import_partitions)}


def stretch_of(generation: Generation, partition: int) -> Stretch | None:
    """Where a replay is done with a live partition; `None` where no replay is."""
    replay = generation.replay
    return None if replay is None else Stretch(replay.until, replay.last[partition])


def begins(generation: Generation) -> Mapping[int, int]:
    """The offset at which each live partition is begun; without those in which a replay has nothing to read."""
    replay = generation.replay
    if replay is None:
        return dict(enumerate(generation.raw_begins))
    return {
        partition: first
        for partition, (first, last) in enumerate(zip(replay.first, replay.last, strict=True))
        if last is not None
    }


def specs(rulebook: Rulebook, generation: Generation, publishes: bool) -> Sequence[StageSpec]:
    """The stages of a generation, in the order in which a headline meets them.

    `publishes`: from its start, until another takes over; what it publishes is then all that it writes.
    """
    merged: Mapping[tuple[str, int], int | None] = inputs(generation)

    def live(partition: int) -> ClassifyStage:
        return ClassifyStage(
            RAW, partition, rulebook, start=merged[RAW, partition], stretch=stretch_of(generation, partition)
        )

    def imported(partition: int) -> ClassifyStage:
        return ClassifyStage(IMPORT, partition, rulebook, start=None, ends=True)

    def deduplicate(lane: int) -> DeduplicateStage:
        return DeduplicateStage(lane, merged, generation.cut, rulebook.deduplicate)

    def detect(lane: int) -> DetectStage:
        subregions = rulebook.lanes.subregions(lane)
        outlets, publisher = Outlets(lane), None
        if generation.replay is None:
            outlets = Outlets(lane, generation.alerts_partitions, publishes)
            publisher = Publisher(generation.name, generation.raw_partitions, subregions, publishes)
        return DetectStage(
            lane, subregions, rulebook.detect, rulebook.reader.directions, rulebook.version, outlets, publisher
        )

    found = [StageSpec("classify", RAW, "state.classify", live, begins(generation))]
    if generation.import_partitions:
        first = dict(enumerate(generation.import_begins))
        found.append(StageSpec("classify-import", IMPORT, "state.classify-import", imported, first))
    return [
        *found,
        StageSpec(
            "deduplicate", "headlines.classified", "state.deduplicate", deduplicate, writes=("headlines.deduplicated",)
        ),
        # where its alerts are the published ones, another generation may have written them
        StageSpec(
            "detect",
            "headlines.deduplicated",
            "state.detect",
            detect,
            writes=("counts",) if publishes else ("alerts", "counts"),
        ),
    ]
