"""The pipeline as the engine runs it: which stage reads which topic, and how each is built from the rules."""

from collections.abc import Mapping, Sequence

from agents.classify.agent import ClassifyStage
from agents.deduplicate.agent import DeduplicateStage
from agents.detect.agent import DetectStage
from agents.rulebook import Rulebook
from schemas.generation import Generation
from streams.engine.spec import StageSpec
from streams.settings import IMPORT
from streams.settings import RAW as RAW


def inputs(generation: Generation) -> dict[tuple[str, int], int | None]:
    """The inputs of the merge, (plain topic, partition), each with what it promises from the beginning.

    A live partition promises its generation's start; an import partition promises nothing.
    """
    live: dict[tuple[str, int], int | None] = {(RAW, p): generation.start for p in range(generation.raw_partitions)}
    return live | {(IMPORT, p): None for p in range(generation.import_partitions)}


def specs(rulebook: Rulebook, generation: Generation) -> Sequence[StageSpec]:
    """The stages of a generation, in the order in which a headline meets them."""
    merged: Mapping[tuple[str, int], int | None] = inputs(generation)

    def live(partition: int) -> ClassifyStage:
        return ClassifyStage(RAW, partition, rulebook, start=generation.start, ends=False)

    def imported(partition: int) -> ClassifyStage:
        return ClassifyStage(IMPORT, partition, rulebook, start=None, ends=True)

    def deduplicate(lane: int) -> DeduplicateStage:
        return DeduplicateStage(lane, merged, generation.cut, rulebook.deduplicate)

    def detect(lane: int) -> DetectStage:
        return DetectStage(
            lane, rulebook.lanes.subregions(lane), rulebook.detect, rulebook.reader.directions, rulebook.version
        )

    found = [StageSpec("classify", RAW, "state.classify", live)]
    if generation.import_partitions:
        found.append(StageSpec("classify-import", IMPORT, "state.classify-import", imported))
    return [
        *found,
        StageSpec("deduplicate", "headlines.classified", "state.deduplicate", deduplicate),
        StageSpec("detect", "headlines.deduplicated", "state.detect", detect),
    ]
