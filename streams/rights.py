"""The least rights in Kafka that each command needs: the one list, from which docs, `tocsin rights` and the tests work.

READ and WRITE on a topic let a user also see it (DESCRIBE). Nothing here is a pattern but what has to be: transactional
ids, of which there is one for each stage and partition.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from streams.settings import IMPORT, NAMES, PUBLISHED, PUBLISHED_CURRENT, RAW, Settings

WITHOUT_KAFKA = ("scan", "classify", "explain", "rules", "compare", "kafka", "rights")
"""Commands that ask no broker for anything that has to be allowed."""


OTHER = "P"
"""Stands for the prefix of the second generation where nobody has named it."""


class Right(NamedTuple):
    """An operation on a resource, as `kafka-acls.sh` calls them."""

    operation: str
    resource: str
    """topic, group, transactional-id or cluster."""
    name: str
    prefixed: bool = False
    """Whether it holds for all names that begin like this."""

    def option(self) -> str:
        """The resource as an option of `kafka-acls.sh`."""
        if self.resource == "cluster":
            return "--cluster"
        pattern = " --resource-pattern-type prefixed" if self.prefixed else ""
        return f"--{self.resource} {self.name}{pattern}"

    def __str__(self) -> str:
        """As in a sentence."""
        if self.resource == "cluster":
            return f"{self.operation} on the cluster"
        return f"{self.operation} on {self.resource.replace('-', ' ')} {self.name}{'*' if self.prefixed else ''}"


def another(settings: Settings, prefix: str, history: bool = True) -> Settings:
    """Those of a generation beside that of `settings`. `history`: it reads what the first one has imported."""
    shared = settings.topic(IMPORT) if history else None
    return settings.model_copy(update={"prefix": prefix, "import_topic": shared})


def _topics(settings: Settings, operation: str, *names: str) -> list[Right]:
    return [Right(operation, "topic", settings.topic(name)) for name in names]


def _create(settings: Settings) -> list[Right]:
    # What was made is waited for, so it has to be seen; and what was there is compared with the plan.
    return [
        right
        for operation in ("CREATE", "DESCRIBE", "DESCRIBE_CONFIGS")
        for right in _topics(settings, operation, *NAMES)
    ]


def _check(settings: Settings) -> list[Right]:
    return _topics(settings, "DESCRIBE", *NAMES) + _topics(settings, "DESCRIBE_CONFIGS", *NAMES)


def _dump(settings: Settings) -> list[Right]:
    return _topics(settings, "READ", RAW, IMPORT, "generation")


def _feed(settings: Settings) -> list[Right]:
    return _topics(settings, "WRITE", RAW, "headlines.rejected") + _topics(settings, "DESCRIBE_CONFIGS", RAW)


def _import(settings: Settings) -> list[Right]:
    return [
        *_topics(settings, "WRITE", IMPORT, "headlines.rejected"),
        *_topics(settings, "DESCRIBE_CONFIGS", IMPORT),
        *_topics(settings, "READ", "generation"),
    ]


def _pipeline(settings: Settings) -> list[Right]:
    states = [name for name in NAMES if name.startswith("state.")]
    passed_on = ("headlines.classified", "headlines.deduplicated", "clocks", "generation")
    return [
        *_topics(settings, "READ", RAW, IMPORT, *passed_on, *states),
        *_topics(settings, "WRITE", *passed_on, *states, "headlines.rejected", "counts", "alerts", "alerts.current"),
        *_topics(settings, "DESCRIBE_CONFIGS", RAW),
        Right("READ", "group", settings.group),
        Right("WRITE", "transactional-id", f"{settings.prefix or 'tocsin'}.", prefixed=True),
    ]


def _worker(settings: Settings) -> list[Right]:
    # Ticks, also without TOCSIN_TICK, once it publishes; and a generation that does not publish may be told to.
    return _pipeline(settings) + _topics(settings, "WRITE", RAW, PUBLISHED, PUBLISHED_CURRENT)


def replaying(settings: Settings) -> list[Right]:
    """What the workers of a replay need: it neither ticks nor publishes."""
    return _pipeline(settings) + _topics(settings, "DESCRIBE", PUBLISHED)


def _alerts(settings: Settings) -> list[Right]:
    return _topics(settings, "READ", "alerts")


def _counts(settings: Settings) -> list[Right]:
    return _topics(settings, "READ", "counts")


def _current(settings: Settings) -> list[Right]:
    return _topics(settings, "READ", "alerts.current")


def _demo(settings: Settings) -> list[Right]:
    return [right for make in (_create, _import, _feed, _worker, _alerts, _current) for right in make(settings)]


def _own(settings: Settings) -> list[str]:
    """Topics that a second generation makes."""
    shared = {settings.raw_topic, settings.import_topic, *map(settings.topic, (PUBLISHED, PUBLISHED_CURRENT))}
    return [name for name in NAMES if settings.topic(name) not in shared]


def repeated(source: Settings) -> list[Right]:
    """What is read of a generation to know what it is."""
    return _topics(source, "READ", "generation")


def _replay(source: Settings, own: Settings) -> list[Right]:
    makes = [right for operation in ("CREATE", "DESCRIBE_CONFIGS") for right in _topics(own, operation, *_own(own))]
    reads = repeated(source) + _topics(source, "READ", IMPORT) + _topics(own, "READ", "alerts")
    return makes + replaying(own) + reads


def _delete(_: Settings, own: Settings) -> list[Right]:
    own = own.model_copy(update={"import_topic": None})  # what it shares is not its own to delete
    return [
        *_topics(own, "READ", "generation"),
        *_topics(own, "DELETE", *_own(own)),
        Right("DELETE", "group", own.group),
    ]


def compared(settings: Settings) -> list[Right]:
    """What `tocsin diff` reads of a generation: where it published what it wrote, also until when it did."""
    until = ("state.detect",) if settings.publishes else ()
    return _topics(settings, "READ", "alerts", "generation", *until)


def _diff(one: Settings, other: Settings) -> list[Right]:
    return compared(one) + compared(other)


def _handover(source: Settings, own: Settings) -> list[Right]:
    makes = _topics(own, "CREATE", *_own(own))
    looks = _topics(own, "DESCRIBE_CONFIGS", *NAMES)
    reads = _topics(source, "READ", "generation", "alerts", "state.detect")
    # whoever owns the topic of published alerts may publish, and is asked; so is every other generation that is seen
    owner = another(source, source.alerts_topic.removesuffix("alerts").rstrip("."), history=False)
    publisher = _topics(owner, "READ", "generation", "state.detect") if owner.publishes else []
    told = _topics(own, "READ", "alerts", PUBLISHED, PUBLISHED_CURRENT)
    # how far the workers of the first one are
    waited = _topics(source, "DESCRIBE", "headlines.classified", "headlines.deduplicated")
    waited.append(Right("DESCRIBE", "group", source.group))
    return [*makes, *looks, *_worker(own), *reads, *publisher, *told, *waited]


def _alone(make: Callable[[Settings], list[Right]]) -> Callable[[Settings, Settings], list[Right]]:
    return lambda settings, _: make(settings)


COMMANDS: dict[str, tuple[str, Callable[[Settings, Settings], list[Right]]]] = {
    "topics create": ("make the topics, once", _alone(_create)),
    "topics check": ("compare them with the plan", _alone(_check)),
    "topics dump": ("copy the raw log (a topic that is named instead: READ on it alone)", _alone(_dump)),
    "feed": ("headlines as they come", _alone(_feed)),
    "feed --import": ("a history", _alone(_import)),
    "worker": ("the pipeline; `--processes` and `--drain` need no more", _alone(_worker)),
    "alerts": ("read alerts, also with `--follow`; so does every subscriber", _alone(_alerts)),
    "alerts --current": ("the latest state of each series; so does every subscriber", _alone(_current)),
    "detect": ("judge the counts again", _alone(_counts)),
    "backtest": ("the same, by other rules too", _alone(_counts)),
    "calibrate": ("alpha from a budget, by the counts", _alone(_counts)),
    "explain --series": ("why there was no alert at a moment", _alone(_counts)),
    "replay": ("the log again, under the prefix `P`; its workers too", _replay),
    "replay --delete": ("away with the replay `P`", _delete),
    "diff": ("compare a generation with that of the prefix `P`", _diff),
    "handover": ("let the generation `P` publish; its workers too", _handover),
    "demo": ("everything at once, on a Kafka that is there", _alone(_demo)),
}
"""What each command is for, and what it needs of a generation and of another beside it."""

OF_TWO = ("replay", "replay --delete", "diff", "handover")
"""Commands that have to do with another generation too."""


def needed(command: str, settings: Settings, other: Settings | None = None) -> list[Right]:
    """What `command` needs in this deployment, each once. `other`: the second generation, of those that have one."""
    make = COMMANDS[command][1]
    return list(dict.fromkeys(make(settings, another(settings, OTHER) if other is None else other)))


def granted(command: str, settings: Settings, prefix: str = OTHER) -> list[Right]:
    """What an administrator allows for `command`, whether the second generation, `prefix`, reads an import or not."""
    others = [another(settings, prefix, history) for history in (True, False)]
    return list(dict.fromkeys(right for other in others for right in needed(command, settings, other)))


def markdown(settings: Settings) -> str:
    """The table in `docs/SECURITY.md`."""
    lines = ["| command | what for | rights |", "|---|---|---|"]
    for command, (purpose, _) in COMMANDS.items():
        if command == "demo":
            told = "those of `topics create`, `feed`, `feed --import`, `worker`, `alerts` and `alerts --current`"
        else:
            by_operation: dict[str, list[str]] = {}
            for right in granted(command, settings):
                kind = "" if right.resource == "topic" else f"{right.resource.replace('-', ' ')} "
                by_operation.setdefault(right.operation, []).append(
                    f"{kind}`{right.name}{'*' if right.prefixed else ''}`"
                )
            told = "; ".join(f"{operation}: {_told(names, settings)}" for operation, names in by_operation.items())
        lines.append(f"| `{command}` | {purpose} | {told} |")
    return "\n".join(lines)


def _told(names: list[str], settings: Settings) -> str:
    """Names in the table: `every topic` of a generation where all of them are among these."""
    second = another(settings, OTHER, history=False)
    for of, every in (
        ("every topic", {settings.topic(name) for name in NAMES}),
        (f"every topic of `{OTHER}`", {second.topic(name) for name in _own(second)}),
    ):
        if {f"`{name}`" for name in every} <= set(names):
            names = [of, *[name for name in names if name.strip("`") not in every]]
    return ", ".join(names)


def acls(rights: Iterable[Right], principal: str) -> list[str]:
    """`kafka-acls.sh` lines that give a principal these rights, one for each resource."""
    by_resource: dict[str, list[str]] = {}
    for right in rights:
        by_resource.setdefault(right.option(), []).append(right.operation)
    return [
        f"kafka-acls.sh --add --allow-principal '{principal}' "
        + " ".join(f"--operation {operation}" for operation in operations)
        + f" {resource}"
        for resource, operations in by_resource.items()
    ]


if __name__ == "__main__":
    print(markdown(Settings()))
