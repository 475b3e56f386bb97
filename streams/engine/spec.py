"""What the engine has to know of a stage to run it on the partitions of a topic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agents.stage import Stage
from streams.settings import StageName


@dataclass(frozen=True)
class StageSpec:
    """A stage and where it reads. Topics are plain names, without the generation's prefix."""

    name: StageName
    """Also the agent's name, and part of the transactional id: `classify`, `classify-import`, ..."""
    source: str
    state: str
    """The compacted topic of the stage's own memory; partition for partition as `source`."""
    build: Callable[[int], Stage]
    """A fresh stage for one input partition."""
    begins: Mapping[int, int] = field(default_factory=dict)
    """The offset at which a new lane begins, by partition: if that is gone, records were lost. Where none is given, it
    begins with the first record there is."""
    writes: tuple[str, ...] = ()
    """Topics of which a partition holds what the lane of that number has written, and nothing else."""
