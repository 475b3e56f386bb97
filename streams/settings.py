"""The deployment's settings: one frozen, typed object, from `TOCSIN_*` variables and the command line.

Every fault is found when the object is made, all of them at once, each with the variable, the value, where the value
came from and what it takes. The names of topics, of the consumer group and of transactions follow from the prefix
here and nowhere else.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from streams.errors import Refusal
from streams.setting_faults import ENV_PREFIX, fault, misspelt
from streams.setting_faults import variable as variable

RAW = "headlines.raw"
IMPORT = "headlines.import"
PUBLISHED = "published"
PUBLISHED_CURRENT = "published.current"

NAMES = (
    RAW,
    IMPORT,
    "headlines.rejected",
    "headlines.classified",
    "headlines.deduplicated",
    "alerts",
    "alerts.current",
    "counts",
    "state.classify",
    "state.classify-import",
    "state.deduplicate",
    "state.detect",
    "clocks",
    "generation",
    "published",
    "published.current",
)
"""The plain names of all topics, in the order in which data flows. `published` are the alerts that subscribers of all
generations read; to a generation without a prefix they are its own."""

StageName = Literal["classify", "classify-import", "deduplicate", "detect"]
Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

_SHARED = {PUBLISHED: (PUBLISHED, "alerts"), "alerts": (PUBLISHED, "alerts")}
"""Topics that may be one."""

_LEGAL = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


class SettingsError(Refusal):
    """Settings that cannot be used. `faults` is never empty; each has its variable, value, source and cure."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """What a deployment can set. A description says what a setting takes; it is also the cure in a fault's message."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", populate_by_name=True
    )

    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:29092", description="brokers to begin with, `host:port`, separated by commas"
    )
    prefix: str = Field(
        default="",
        max_length=200,
        description="the generation's prefix, before the dot: letters, digits, `.`, `_`, `-`; empty for none",
    )
    raw_topic: str = Field(
        default=RAW,
        max_length=249,
        description="full name of the topic of raw headlines, which is shared by all generations: letters, digits, "
        "`.`, `_`, `-`; not a name that Tocsin gives to another topic",
    )
    import_topic: str | None = Field(
        default=None,
        max_length=249,
        description="full name of the topic of imported history, where a generation reads that of another: letters, "
        "digits, `.`, `_`, `-`; unset: that with which it was begun, or its own",
    )
    alerts_topic: str = Field(
        default="alerts",
        max_length=249,
        description="full name of the topic of published alerts, which is shared by all generations: letters, digits, "
        "`.`, `_`, `-`",
    )
    raw_partitions: int = Field(
        default=2, ge=1, le=1000, description="partitions with which `topics create` makes the raw topic, 1 to 1000"
    )
    import_partitions: int = Field(
        default=2, ge=1, le=1000, description="partitions with which `topics create` makes the import topic, 1 to 1000"
    )
    replication_factor: int | None = Field(
        default=None, ge=1, le=32767, description="copies of each topic, at most one a broker; unset: 3, or all brokers"
    )
    instance_id: str | None = Field(
        default=None,
        max_length=249,
        description="a name for this worker that stays the same over restarts and that no other worker has: letters, "
        "digits, `.`, `_`, `-`",
    )
    http_host: str = Field(default="127.0.0.1", description="address on which metrics and health are served")
    http_port: int = Field(default=9464, ge=0, le=65535, description="port of metrics and health, 0 for none")
    rules: Path | None = Field(default=None, description="a directory with rule files to use instead of the package's")
    overrides: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        validation_alias=f"{ENV_PREFIX}SET",
        description="changes to single rules, `name=value`, separated by commas",
    )
    chunk: int = Field(default=1000, ge=1, le=100_000, description="records a chunk at most, 1 to 100000")
    transaction_gap_ms: int = Field(
        default=50, ge=0, le=10_000, description="least time between two transactions of a lane, 0 to 10000 ms"
    )
    session_timeout_ms: int = Field(
        default=6000,
        ge=1000,
        le=300_000,
        description="silence after which a worker counts as gone, 1000 to 300000 ms, and within what the brokers allow "
        "(6000 at least, unless their group.min.session.timeout.ms says otherwise)",
    )
    heartbeat_ms: int = Field(
        default=500, ge=50, le=100_000, description="time between heartbeats, at most a third of the session timeout"
    )
    watchdog_seconds: int = Field(
        default=60,
        ge=0,
        le=86_400,
        description="seconds without any progress, though there is work, after which a worker ends itself, 0 to 86400; "
        "0 for never",
    )
    step_error_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="share of the latest records of a lane (about a thousand, or a chunk where that is more) that may "
        "make a step raise before the worker stops, 0 to 1; 1 for any",
    )
    lost_records: Literal["refuse", "accept"] = Field(
        default="refuse",
        description="what to do about records that are gone before they were read: refuse (stop), or accept (count "
        "them and go on)",
    )
    tick: bool = Field(
        default=True,
        description="true or false: to tick silent raw partitions or not; true in exactly one deployment",
    )
    raw_retention_days: int = Field(
        default=90, ge=1, le=36_500, description="days for which raw headlines are kept, 1 to 36500"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    kafka_security_protocol: Protocol = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    kafka_sasl_mechanism: Mechanism | None = Field(
        default=None, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, for a SASL protocol"
    )
    kafka_sasl_username: str | None = Field(default=None, description="user name, for a SASL protocol")
    kafka_sasl_password: SecretStr | None = Field(
        default=None, description="password, where the protocol is a SASL one"
    )
    kafka_sasl_password_file: Path | None = Field(
        default=None,
        description="file that holds the password and nothing else, instead of the password itself; "
        "a worker reads it at its start",
    )
    kafka_ssl_cafile: Path | None = Field(default=None, description="PEM file of authorities; unset: the system's")
    kafka_ssl_certfile: Path | None = Field(default=None, description="PEM file of this client's certificate")
    kafka_ssl_keyfile: Path | None = Field(default=None, description="PEM file of this client's key")

    def __init__(self, **values: Any) -> None:
        """Settings from `values` first, then from the environment. Raises SettingsError with all faults."""
        faults = misspelt(os.environ, Settings.model_fields)
        try:
            super().__init__(**values)
        except ValidationError as error:
            faults += [fault(dict(each), values, Settings.model_fields) for each in error.errors(include_url=False)]
        if faults:
            raise SettingsError(faults) from None

    @field_validator("prefix")
    @classmethod
    def _bare_prefix(cls, prefix: str) -> str:
        bare = prefix.removesuffix(".")
        if prefix and not _LEGAL.fullmatch(bare):
            raise ValueError("not a legal part of a topic's name")
        return bare

    @field_validator("raw_topic", "import_topic", "alerts_topic", "instance_id")
    @classmethod
    def _legal(cls, name: str | None) -> str | None:
        if name is not None and not _LEGAL.fullmatch(name):
            raise ValueError("not a legal name in Kafka")
        return name

    @field_validator("kafka_bootstrap_servers")
    @classmethod
    def _addresses(cls, servers: str) -> str:
        parts = [part.strip() for part in servers.split(",")]
        for part in parts:
            host, colon, port = part.rpartition(":")
            if not (host and colon and port.isdigit() and 0 < int(port) < 65536):
                raise ValueError(f"{part!r} is not `host:port`")
        return ",".join(parts)

    @field_validator("overrides", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("rules")
    @classmethod
    def _directory(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_dir():
            raise ValueError("no such directory")
        return path

    @field_validator("kafka_ssl_cafile", "kafka_ssl_certfile", "kafka_ssl_keyfile", "kafka_sasl_password_file")
    @classmethod
    def _readable(cls, path: Path | None) -> Path | None:
        if path is not None and not (path.is_file() and os.access(path, os.R_OK)):
            raise ValueError("no such file, or not readable")
        return path

    @model_validator(mode="after")
    def _together(self) -> Self:
        faults = []
        if self.heartbeat_ms * 3 > self.session_timeout_ms:
            faults.append(
                f"TOCSIN_HEARTBEAT_MS={self.heartbeat_ms} is more than a third of "
                f"TOCSIN_SESSION_TIMEOUT_MS={self.session_timeout_ms}; lower the first or raise the second"
            )
        if self.kafka_security_protocol.startswith("SASL"):
            faults += [
                f"TOCSIN_KAFKA_SASL_{name.upper()} is not set, and "
                f"TOCSIN_KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol} needs it; set it"
                for name in ("mechanism", "username", *([] if self.kafka_sasl_password_file else ["password"]))
                if not getattr(self, f"kafka_sasl_{name}")
            ]
            if self.kafka_sasl_password is not None and self.kafka_sasl_password_file is not None:
                faults.append(
                    "TOCSIN_KAFKA_SASL_PASSWORD and TOCSIN_KAFKA_SASL_PASSWORD_FILE are both set; unset one of them"
                )
        elif (self.kafka_sasl_username, self.kafka_sasl_password, self.kafka_sasl_password_file) != (None,) * 3:
            faults.append(
                f"TOCSIN_KAFKA_SASL_* are set, but TOCSIN_KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol} sends "
                "no login; set the protocol to SASL_SSL or SASL_PLAINTEXT, or unset them"
            )
        if (self.kafka_ssl_certfile is None) != (self.kafka_ssl_keyfile is None):
            faults.append(
                "TOCSIN_KAFKA_SSL_CERTFILE and TOCSIN_KAFKA_SSL_KEYFILE go together and only one is set; "
                "set both or none"
            )
        if self.prefix == "tocsin":
            faults.append(
                "TOCSIN_PREFIX=tocsin stands for no prefix in transactional ids, so this generation and one without a "
                "prefix would shut each other out; set another name"
            )
        faults += [
            f"{variable(setting)}={self.topic(plain)} is the name of another topic of this deployment; set another name"
            for setting, plain in (("raw_topic", RAW), ("import_topic", IMPORT), ("alerts_topic", PUBLISHED))
            if self.topic(plain) in {self.topic(name) for name in NAMES if name not in _SHARED.get(plain, (plain,))}
        ]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def password(self) -> str:
        """The password of a SASL protocol. A file is read at each call.

        A worker process calls once, at its start: a new password holds for it from its next start on.

        Raises SettingsError when the file cannot be read, or is empty.
        """
        if self.kafka_sasl_password is not None:
            return self.kafka_sasl_password.get_secret_value()
        assert self.kafka_sasl_password_file is not None  # seen to at the start
        try:
            password = self.kafka_sasl_password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise SettingsError([f"TOCSIN_KAFKA_SASL_PASSWORD_FILE cannot be read ({why}); mend the file"]) from None
        if not password:
            raise SettingsError(["TOCSIN_KAFKA_SASL_PASSWORD_FILE is empty; write the password into the file"])
        return password

    def topic(self, name: str) -> str:
        """The full name of the topic that is plainly called `name`."""
        if name == RAW:
            return self.raw_topic
        if name == IMPORT and self.import_topic is not None:
            return self.import_topic
        if name in (PUBLISHED, PUBLISHED_CURRENT):
            return self.alerts_topic + name.removeprefix(PUBLISHED)
        return f"{self.prefix}.{name}" if self.prefix else name

    def plain(self, full: str) -> str:
        """The plain name of the topic called `full`; raises ValueError when it is of another generation."""
        if full == self.raw_topic:
            return RAW
        if full == self.import_topic:
            return IMPORT
        if not self.prefix:
            return full
        if full in (self.alerts_topic, f"{self.alerts_topic}.current"):
            return PUBLISHED + full.removeprefix(self.alerts_topic)
        if not full.startswith(f"{self.prefix}."):
            raise ValueError(f"topic {full} has not the prefix {self.prefix}")
        return full.removeprefix(f"{self.prefix}.")

    @property
    def publishes(self) -> bool:
        """Whether this generation's own alerts are the published ones: it publishes until another takes over."""
        return self.topic("alerts") == self.topic(PUBLISHED)

    @property
    def group(self) -> str:
        """The workers' consumer group."""
        return f"{self.prefix}.tocsin" if self.prefix else "tocsin"

    def transactional_id(self, stage: StageName, partition: int) -> str:
        """The one transactional id of `stage` on an input partition: what fences an earlier owner."""
        return f"{self.prefix or 'tocsin'}.{stage}.{partition}"
