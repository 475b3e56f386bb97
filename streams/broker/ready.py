"""Whether the broker answers a client."""

import asyncio
import concurrent.futures
import logging

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

REQUEST_MILLISECONDS = 3000


def answers(bootstrap: str) -> bool:
    """Whether a metadata request finds a broker in charge. Works with and without a running event loop."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_answers(bootstrap))).result()


async def _answers(bootstrap: str) -> bool:
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_MILLISECONDS)
    # The client tells of each refused connection; here a refusal is an answer.
    log = logging.getLogger("aiokafka")
    disabled = log.level
    log.setLevel(logging.CRITICAL)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()
        log.setLevel(disabled)
