"""Lines of a dump without a broker: by the code that dumps topics."""

from aiokafka import ConsumerRecord

from agents.stage import Inbound
from streams.dump import line


def dumped(topic: str, partition: int, record: Inbound) -> bytes:
    """One record as `tocsin topics dump` would print it."""
    read = ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=record.offset,
        timestamp=record.timestamp,
        timestamp_type=0,
        key=record.key,
        value=record.value,
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=-1,
        headers=(),
    )
    return line(topic, read)
