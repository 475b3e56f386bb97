"""What a person has to put right, and the exit status that says so.

Refusal               2  something that was asked for or set cannot be done; the message has the cure
├─ SettingsError         a setting is wrong (streams.settings)
├─ TopicsError           a topic is missing, or cannot be made (streams.topics)
├─ GenerationMismatch    a worker differs from what its generation was started with (streams.generation)
├─ FeedRefused           a file or an import cannot be taken (streams.feeding)
└─ KafkaUnreachable   3  no broker answers (streams.kafka)
"""

from collections.abc import Iterator
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - named for what happened, as its children are
    """Ends a command with `exit_code`. The message is for people: what is wrong, where, and the cure."""

    exit_code: ClassVar[int] = 2


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and every one that it or one of these was raised from or while: what one says, all of them say."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        each = todo.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            todo += [behind for behind in (each.__context__, each.__cause__) if behind is not None]
