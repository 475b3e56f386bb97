"""Whether the broker answers a client."""

import asyncio
import concurrent.futures

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from streams.broker import ports
from streams.broker.properties import HOST

REQUEST_MILLISECONDS = 3000


def answers(port: int) -> bool:
    """Whether a metadata request finds a broker in charge. Works with and without a running event loop."""
    # Asked first, because aiokafka logs each refused connection as an error.
    if not ports.listening(port):
        return False
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_answers(f"{HOST}:{port}"))).result()


async def _answers(bootstrap: str) -> bool:
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_MILLISECONDS)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()
