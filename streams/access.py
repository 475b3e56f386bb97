"""Kafka answers, and says no: to who we are, or to what we want. Said as what has to be set or allowed, and where.

A login that is refused, a certificate that is not trusted and a right that is missing are faults of settings: no
waiting helps, so nothing is tried again and a command ends with 2.
"""

import ssl
from collections.abc import Sequence
from typing import ClassVar

from aiokafka import errors

from streams import rights
from streams.errors import Refusal, causes
from streams.rights import Right
from streams.settings import Settings

_BY_GROUP = (errors.InvalidSessionTimeoutError, errors.InconsistentGroupProtocolError)


class AccessDenied(Refusal):
    """Kafka does not let this client in, or not do what it wants to."""

    exit_code: ClassVar[int] = 2


_SHOWN = 3
"""Rights in a sentence; command lines follow for all of them."""

_RESOURCES: dict[type[Exception], str] = {
    errors.TopicAuthorizationFailedError: "topic",
    errors.GroupAuthorizationFailedError: "group",
    errors.TransactionalIdAuthorizationFailed: "transactional-id",
    errors.ClusterAuthorizationFailedError: "cluster",
}


def login_refused(settings: Settings, cause: BaseException) -> AccessDenied | None:
    """Why a connection can never come about with these settings; `None` when it might later."""
    at = settings.kafka_bootstrap_servers
    for error in causes(cause):
        if isinstance(error, errors.SaslAuthenticationFailed):
            return AccessDenied(
                f"Kafka at {at} refuses the login of user {settings.kafka_sasl_username!r} "
                f"(TOCSIN_KAFKA_SASL_USERNAME) with {settings.kafka_sasl_mechanism} (TOCSIN_KAFKA_SASL_MECHANISM). Set "
                "the password that belongs to it in TOCSIN_KAFKA_SASL_PASSWORD or TOCSIN_KAFKA_SASL_PASSWORD_FILE, or "
                "have the user made on the broker (kafka-configs.sh --alter --entity-type users)"
            )
        if isinstance(error, errors.IllegalSaslStateError):
            return AccessDenied(
                f"Kafka at {at} takes no logins there, and TOCSIN_KAFKA_SECURITY_PROTOCOL="
                f"{settings.kafka_security_protocol} sends one. Set it to PLAINTEXT (or SSL), or name a listener with "
                "SASL in TOCSIN_KAFKA_BOOTSTRAP_SERVERS"
            )
        if isinstance(error, errors.UnsupportedSaslMechanismError):
            return AccessDenied(
                f"Kafka at {at} does not take logins by {settings.kafka_sasl_mechanism} "
                f"(TOCSIN_KAFKA_SASL_MECHANISM). Set one that it has"
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            by = settings.kafka_ssl_cafile or "the system's authorities"
            return AccessDenied(
                f"the certificate of Kafka at {at} cannot be trusted by {by} (TOCSIN_KAFKA_SSL_CAFILE): "
                f"{error.verify_message}. Set TOCSIN_KAFKA_SSL_CAFILE to a PEM file of the authority that signed it, "
                "and name brokers in TOCSIN_KAFKA_BOOTSTRAP_SERVERS as their certificates do"
            )
        if isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or ""):
            own = settings.kafka_ssl_certfile or "none is set"
            return AccessDenied(
                f"Kafka at {at} does not take this client's certificate ({own}, TOCSIN_KAFKA_SSL_CERTFILE): "
                f"{error.reason}. Set TOCSIN_KAFKA_SSL_CERTFILE and TOCSIN_KAFKA_SSL_KEYFILE to one that is signed by "
                "an authority of the broker's and has not expired"
            )
    return None


def is_denied(cause: BaseException) -> bool:
    """Whether a right is missing: no waiting helps."""
    return any(isinstance(error, tuple(_RESOURCES)) for error in causes(cause))


def group_refused(settings: Settings, cause: BaseException) -> AccessDenied | None:
    """Why the consumer group does not take a worker with these settings, if that is what `cause` comes from."""
    at = settings.kafka_bootstrap_servers
    for error in causes(cause):
        if isinstance(error, errors.InvalidSessionTimeoutError):
            return AccessDenied(
                f"Kafka at {at} does not take TOCSIN_SESSION_TIMEOUT_MS={settings.session_timeout_ms}: it has to lie "
                "between the brokers' group.min.session.timeout.ms and group.max.session.timeout.ms (6000 and 1800000 "
                "where nobody has changed them). Set it within these, or have them changed on the brokers"
            )
        if isinstance(error, errors.InconsistentGroupProtocolError):
            return AccessDenied(
                f"Kafka at {at} does not let this worker into the consumer group {settings.group}: it has members that "
                "are no workers of Tocsin, or not of this release. Stop them, or set another TOCSIN_PREFIX"
            )
    return None


def no_waiting_helps(cause: BaseException) -> bool:
    """Whether Kafka refuses what is set: then nothing is tried again."""
    return is_denied(cause) or any(isinstance(error, _BY_GROUP) for error in causes(cause))


def right_missing(settings: Settings, command: str, cause: BaseException) -> AccessDenied | None:
    """What has to be allowed for `command`, if that is what `cause` comes from."""
    for error in causes(cause):
        resource = next((name for kind, name in _RESOURCES.items() if isinstance(error, kind)), None)
        if resource is not None:
            return denied(settings, command, _wanted(settings, command, resource, _named(error)))
    return None


def command_of(arguments: Sequence[str]) -> str:
    """The command in the table of rights that a command line calls."""
    called = [name for name in rights.COMMANDS if all(word in arguments for word in name.split())]
    return max(called, key=len, default=next(iter(arguments), ""))


def denied(settings: Settings, command: str, wanted: list[Right]) -> AccessDenied:
    """The refusal that names these rights."""
    lines = "\n    ".join(rights.acls(wanted, principal(settings)))
    what = " and ".join(map(str, wanted[:_SHOWN]))
    more = f" and {len(wanted) - _SHOWN} rights more" if len(wanted) > _SHOWN else ""
    return AccessDenied(
        f"Kafka at {settings.kafka_bootstrap_servers} does not allow {who(settings)} "
        f"{what}{more}, which `tocsin {command}` needs. An administrator allows it:\n    {lines}\n"
        f"  `tocsin rights {command}` lists all that it needs."
    )


def principal(settings: Settings) -> str:
    """What an administrator calls us, as far as the settings know."""
    return f"User:{settings.kafka_sasl_username}" if settings.kafka_sasl_username else "User:NAME"


def who(settings: Settings) -> str:
    """Who we are, in a sentence."""
    if settings.kafka_sasl_username:
        return f"user {settings.kafka_sasl_username!r} (TOCSIN_KAFKA_SASL_USERNAME)"
    if settings.kafka_ssl_certfile:
        return f"the user of the certificate {settings.kafka_ssl_certfile} (TOCSIN_KAFKA_SSL_CERTFILE)"
    return "an unnamed user (no login is set in TOCSIN_KAFKA_SASL_USERNAME or TOCSIN_KAFKA_SSL_CERTFILE)"


def _named(error: BaseException) -> set[str]:
    """The topics, group or id that an error of Kafka's is about: it has one name, or a set of them."""
    names = error.args[0] if error.args else ()
    return {names} if isinstance(names, str) else {str(name) for name in names}


def _wanted(settings: Settings, command: str, resource: str, names: set[str]) -> list[Right]:
    """Of what `command` needs, that which concerns these names."""
    needed = rights.needed(command, settings) if command in rights.COMMANDS else []
    found = [
        right
        for right in needed
        if right.resource == resource
        and (not names or right.name in names or (right.prefixed and any(n.startswith(right.name) for n in names)))
    ]
    return found or [Right("an operation", resource, ", ".join(sorted(names)) or "?")]
