"""The hard exit: the answer to everything that could break a promise.

A process that cannot be sure of its place in the log ends at once, without commit, flush or farewell: nothing that is
uncommitted may survive it. The next owner's `InitProducerId` aborts what it left open, and a supervisor starts it
again. The exit status says why, for people and for the supervisor, who counts it:

    70 fault         a fault of ours, or anything that is none of the others
    71 transaction   a send, the commit, or the time for both failed
    72 fenced        another worker has taken over, or the group has put this one out
    73 watchdog      nothing moved though there was work
    74 step_errors   too many records made a step raise
    75 lost          records that had to be read are no longer there
"""

import os
import traceback
from enum import IntEnum
from typing import NoReturn

from aiokafka import errors

from streams.access import group_refused, no_waiting_helps, right_missing
from streams.errors import Refusal, causes
from streams.settings import Settings
from streams.visible import visible_lines


class Exit(IntEnum):
    """Why a worker ended itself; the value is its exit status."""

    FAULT = 70
    TRANSACTION = 71
    FENCED = 72
    WATCHDOG = 73
    STEP_ERRORS = 74
    LOST = 75

    @property
    def reason(self) -> str:
        """Its name in `tocsin_worker_exits_total`."""
        return self.name.lower()


class LostError(Exception):
    """What has to be read is no longer in the topic: going on would skip or forget records in silence."""


class TransactionError(Exception):
    """A transaction failed. Unless it broke off in the middle of its commit, nothing of it is in the log."""


class FencedInstanceIdError(errors.BrokerResponseError):  # type: ignore[misc]
    """Kafka's answer to a member whose static id another one has joined with. aiokafka 0.14 does not know it."""

    errno = 82
    message = "FENCED_INSTANCE_ID"
    description = "Another member has joined with this group_instance_id."


errors.kafka_errors.setdefault(FencedInstanceIdError.errno, FencedInstanceIdError)

_FENCED = (errors.ProducerFenced, errors.InvalidProducerEpoch, FencedInstanceIdError)
_GONE = (errors.OffsetOutOfRangeError,)


def kind_of(error: BaseException) -> Exit:
    """What an error, or one behind it, says of the end that it brings."""
    behind = list(causes(error))
    for each in behind:
        # A rebalance passes what the broker answered on as text, in an error of no kind.
        if isinstance(each, _FENCED) or FencedInstanceIdError.__name__ in str(each):
            return Exit.FENCED
        if isinstance(each, (LostError, *_GONE)):
            return Exit.LOST
    return Exit.TRANSACTION if any(isinstance(each, TransactionError) for each in behind) else Exit.FAULT


def die(why: str, kind: Exit = Exit.FAULT, cause: BaseException | None = None) -> NoReturn:
    """End the process now, saying why on standard error. Only a fault of ours is worth a traceback."""
    detail = "".join(traceback.format_exception(cause)) if cause is not None and kind is Exit.FAULT else ""
    said = visible_lines(f"{why}\n{detail}".rstrip("\n"))  # an error may quote what came from outside
    os.write(2, f"tocsin: exit {kind.value} ({kind.reason}): {said}\n".encode(errors="replace"))
    os._exit(kind)


def die_of(where: str, error: BaseException) -> NoReturn:
    """End the process for `error`, with the status and in the words that go with it.

    What Kafka refuses, a right that is missing or a setting, is a fault of settings and ends with 2, as at the start.
    """
    if no_waiting_helps(error) and (refused := _refused(error)) is not None:
        os.write(2, f"tocsin: {visible_lines(f'{where}: {refused}')}\n".encode(errors="replace"))
        os._exit(refused.exit_code)
    kind = kind_of(error)
    what = str(error) if isinstance(error, LostError) else f"{type(error).__name__}: {error}"
    if kind is Exit.FENCED:
        die(fenced(f"{where}: {what}"), kind)
    if kind is Exit.TRANSACTION:
        die(f"{where}: {what}. Nothing of it is written; whoever is started next goes on from the last commit", kind)
    die(f"{where}: {what}", kind, error)


def _refused(error: BaseException) -> Refusal | None:
    try:
        settings = Settings()
        return right_missing(settings, "worker", error) or group_refused(settings, error)
    except Exception:  # the settings only help to say it: a password file that is gone must not keep the process alive
        return None


def fenced(where: str) -> str:
    """What a worker says that was shut out, and what to do about it."""
    return (
        f"{where}. This worker was shut out: asleep or cut off for longer than the session timeout or a transaction "
        "may last, or its TOCSIN_INSTANCE_ID or its partitions are another worker's now. It has written nothing since, "
        "but perhaps a tick, which decides nothing. Start it again; if that repeats, give every worker an id of its own"
    )
