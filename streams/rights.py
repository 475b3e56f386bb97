"""The least rights in Kafka that each command needs: the one list, from which docs, `tocsin rights` and the tests work.

READ and WRITE on a topic let a user also see it (DESCRIBE). Nothing here is a pattern but what has to be: transactional
ids, of which there is one for each stage and partition.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from streams.settings import IMPORT, NAMES, PUBLISHED, PUBLISHED_CURRENT, RAW, Settings

WITHOUT_KAFKA = ("scan", "classify", "kafka", "rights")
"""Commands that ask no broker for anything that has to be allowed."""


_ALERTS = ("alerts", "alerts.current", PUBLISHED, PUBLISHED_CURRENT)
"""A generation that does not publish may be told to."""

UNMEASURED = ("replay", "diff", "handover")
"""Commands whose least rights nobody has found out yet; `docs/SECURITY.md` says what is known."""


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


def _worker(settings: Settings) -> list[Right]:
    states = [name for name in NAMES if name.startswith("state.")]
    passed_on = ("headlines.classified", "headlines.deduplicated", "clocks", "generation")
    return [
        *_topics(settings, "READ", RAW, IMPORT, *passed_on, *states),
        *_topics(settings, "WRITE", RAW),  # ticks; also without TOCSIN_TICK, once it publishes
        *_topics(settings, "WRITE", *passed_on, *states, "headlines.rejected", "counts", *_ALERTS),
        *_topics(settings, "DESCRIBE_CONFIGS", RAW),
        Right("READ", "group", settings.group),
        Right("WRITE", "transactional-id", f"{settings.prefix or 'tocsin'}.", prefixed=True),
    ]


def _alerts(settings: Settings) -> list[Right]:
    return _topics(settings, "READ", "alerts")


def _current(settings: Settings) -> list[Right]:
    return _topics(settings, "READ", "alerts.current")


def _demo(settings: Settings) -> list[Right]:
    return [right for make in (_create, _import, _feed, _worker, _alerts, _current) for right in make(settings)]


COMMANDS: dict[str, tuple[str, Callable[[Settings], list[Right]]]] = {
    "topics create": ("make the topics, once", _create),
    "topics check": ("compare them with the plan", _check),
    "topics dump": ("copy the raw log (a topic that is named instead: READ on it alone)", _dump),
    "feed": ("headlines as they come", _feed),
    "feed --import": ("a history", _import),
    "worker": ("the pipeline; `--processes` and `--drain` need no more", _worker),
    "alerts": ("read alerts, also with `--follow`; so does every subscriber", _alerts),
    "alerts --current": ("the latest state of each series; so does every subscriber", _current),
    "demo": ("everything at once, on a Kafka that is there", _demo),
}
"""What each command is for, and what it needs."""


def needed(command: str, settings: Settings) -> list[Right]:
    """What `command` needs in this deployment, each once."""
    return list(dict.fromkeys(COMMANDS[command][1](settings)))


def markdown(settings: Settings) -> str:
    """The table in `docs/SECURITY.md`."""
    lines = ["| command | what for | rights |", "|---|---|---|"]
    for command, (purpose, _) in COMMANDS.items():
        if command == "demo":
            told = "those of all commands above but `topics check` and `topics dump`"
        else:
            by_operation: dict[str, list[str]] = {}
            for right in needed(command, settings):
                kind = "" if right.resource == "topic" else f"{right.resource.replace('-', ' ')} "
                by_operation.setdefault(right.operation, []).append(
                    f"{kind}`{right.name}{'*' if right.prefixed else ''}`"
                )
            everything = len(set(map(settings.topic, NAMES)))
            told = "; ".join(
                f"{operation}: {'every topic' if len(names) == everything else ', '.join(names)}"
                for operation, names in by_operation.items()
            )
        lines.append(f"| `{command}` | {purpose} | {told} |")
    return "\n".join(lines)


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
