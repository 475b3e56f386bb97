"""What keeps a worker from standing there in vain: nothing that goes wrong beside its lanes goes unheard.

keep      a job again and again while Kafka fails it; the end of the process for anything that no waiting helps
vigil     what the group's background tasks have to say: joining may fail already, and nobody else asks them
orphan    the supervisor is gone: the worker stops, and if it cannot, it ends all the same
"""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable

from aiokafka.errors import KafkaError

from streams.access import no_waiting_helps
from streams.engine.exits import Exit, die, die_of, kind_of

log = logging.getLogger("tocsin.vigil")

HEAR = 0.5
"""Seconds between two looks at what the consumer's background tasks have to say, and at the supervisor."""
STOPPING = 35.0
"""Seconds that a worker has to stop in when its supervisor is gone: lanes close and the group is left in 23."""


async def keep(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` for ever, again after a failure of the broker's; any other failure ends the process."""
    while True:
        try:
            await work()
            return
        except (KafkaError, OSError) as error:
            if no_waiting_helps(error) or kind_of(error) is not Exit.FAULT:
                die_of(name, error)
            log.warning("%s: %s: %s; again in 1 s", name, type(error).__name__, error)
            await asyncio.sleep(1.0)
        except Exception as error:
            die_of(name, error)


async def vigil(hear: Callable[[], None]) -> None:
    """Hear for ever; what `hear` raises is the caller's."""
    while True:
        hear()
        await asyncio.sleep(HEAR)


def orphan(parent: int, stopping: float = STOPPING) -> threading.Thread:
    """Do not outlive the supervisor `parent`. A thread: the event loop may wait for a group that it never joins."""
    thread = threading.Thread(target=_orphaned, args=(parent, stopping), name="orphan", daemon=True)
    thread.start()
    return thread


def _orphaned(parent: int, stopping: float) -> None:
    while os.getppid() == parent:
        time.sleep(HEAR)
    log.warning("the supervisor is gone; stopping")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(stopping)
    die(f"the supervisor is gone, and this worker has not stopped within {stopping:.0f} s")
