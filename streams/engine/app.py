"""The Faust application: a factory, no global.

One agent a stage, all of the same kind: it hands each chunk to the lane of its partition. Faust's own commit, tables,
windows, web server and leader election are not used.
"""

import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import faust
from faust.app import BootStrategy
from faust.tables import TableManager
from yarl import URL

from streams.engine.lanes import Lanes
from streams.engine.spec import StageSpec
from streams.engine.transport import OPEN_TIMEOUT, LaneTransport
from streams.metrics import Metrics
from streams.settings import Settings


class LaneApp(faust.App):  # type: ignore[misc]
    """A Faust application whose messages are chunks and whose lanes commit for themselves."""

    lanes: Lanes
    settings: Settings
    client_options: Mapping[str, Any]

    class BootStrategy(BootStrategy):  # type: ignore[misc]
        """No web server of Faust's: it starts before lanes are open and its port is not ours to choose. No producer
        either: lanes write by their own, and Faust's would not log in.
        """

        enable_web = False
        enable_kafka_producer = False

    def _new_transport(self) -> LaneTransport:
        return LaneTransport(self.conf.broker_consumer, self)


class NoTables(TableManager):  # type: ignore[misc]
    """Faust's tables, of which there are none."""

    async def on_start(self) -> None:
        """Without the second that Faust waits for tables to register: it is a third of a restart."""
        await self._update_channels()
        await self.recovery.start()


def build_app(settings: Settings, specs: Sequence[StageSpec], options: Mapping[str, Any], metrics: Metrics) -> LaneApp:
    """The application for `specs`. `options` are the Kafka client's: addresses and security."""
    app = LaneApp(
        settings.group,
        broker=[URL(f"kafka://{address.strip()}") for address in settings.kafka_bootstrap_servers.split(",")],
        env_prefix="TOCSIN_FAUST_",  # generic names in the environment must not reach Faust
        store="memory://",
        TableManager=NoTables,
        datadir=tempfile.gettempdir(),
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        stream_wait_empty=True,
        broker_request_timeout=OPEN_TIMEOUT + 10,
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.heartbeat_ms / 1000,
        broker_rebalance_timeout=30.0,
        worker_redirect_stdouts=False,
    )
    app.settings = settings
    app.client_options = options
    app.lanes = Lanes(settings, specs, options, metrics)
    for spec in specs:
        _attach(app, spec)
    return app


def _attach(app: LaneApp, spec: StageSpec) -> None:
    topic = app.topic(
        app.settings.topic(spec.source),
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        acks=False,
        internal=False,
    )

    @app.agent(topic, name=spec.name)  # type: ignore[untyped-decorator]
    async def agent(chunks: Any) -> None:
        async for event in chunks.events():
            app.lanes.feed(event.message.tp, event.value)
