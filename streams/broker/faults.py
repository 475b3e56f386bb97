"""What can go wrong with the local Kafka. Every message says what to do.

BrokerError
├── ArtifactsError       the jars or the Java runtime cannot be had
├── PortInUseError       something else listens on the port
├── AlreadyRunningError  this directory's Kafka runs already, on another port
└── StartFailedError     the broker ended, or did not answer in time; holds the tail of its log
"""


class BrokerError(Exception):
    """The local Kafka cannot be used."""


class ArtifactsError(BrokerError):
    """The jars or the Java runtime cannot be had."""


class PortInUseError(BrokerError):
    """Something else listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} is in use by another program. Choose another one (--port), "
            f"or find and stop that program (`lsof -i :{port}` or `ss -ltnp 'sport = :{port}'` names it)"
        )
        self.port = port


class AlreadyRunningError(BrokerError):
    """This directory's Kafka runs already, on another port."""


class StartFailedError(BrokerError):
    """The broker ended, or did not answer in time."""
