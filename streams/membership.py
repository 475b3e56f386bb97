"""Whether the brokers take a worker with these settings into its group: asked before anything is written for it.

The question is a join of a member that does not exist: a broker looks at the session timeout first, then refuses the
stranger. Nothing is made or changed, nobody is moved, and nothing waits.
"""

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import InvalidSessionTimeoutError, KafkaError
from aiokafka.protocol.group import JoinGroupRequest

from streams.access import group_refused, is_denied
from streams.settings import Settings

ASK_SECONDS = 5.0
"""How long a broker that has only just started may need until groups have a coordinator."""


async def taken_by_the_group(settings: Settings, client: AIOKafkaAdminClient) -> None:
    """Raises AccessDenied for a session timeout that the brokers do not take.

    Where they do not answer, nothing is raised: the worker finds out when it joins.
    """
    timeout = settings.session_timeout_ms
    stranger = JoinGroupRequest(settings.group, timeout, timeout, "nobody", None, "consumer", [("range", b"")])
    deadline = time.monotonic() + ASK_SECONDS
    while True:
        try:
            coordinator = await client.find_coordinator(settings.group)
            answer = await client._send_request_to_node(coordinator, stranger)
        except KafkaError as error:
            if is_denied(error) or time.monotonic() > deadline:
                return
            await asyncio.sleep(0.1)
            continue
        if answer.error_code == InvalidSessionTimeoutError.errno:
            refused = group_refused(settings, InvalidSessionTimeoutError())
            assert refused is not None
            raise refused
        return
