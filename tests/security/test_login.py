"""Every command and the worker log in, by password and by certificate; who may not come in is told why, at once."""

import base64
import json
import time
from pathlib import Path

import pytest

from streams.demo.wire import EXPECTED_SERIES, wire
from streams.rights import needed
from tests.integration.lines import as_lines
from tests.security.secured import PASSWORD, Secured, User

HEADLINES = b"""{"title": "Kenya deploys troops to Somalia"}
{"title": "Peru and Chile sign a treaty"}
not json
"""
DEPLOYMENT = ("topics create", "feed", "feed --import", "worker", "topics dump", "alerts", "alerts --current")


def test_headlines_come_through_to_an_alert(secured: Secured, name: str) -> None:
    """By password over TLS, from a short history. In the clear and by certificate they do in `test_rights`."""
    user = secured.by_password("SASL_SSL", name)
    secured.acls.allow(user.name, [right for command in DEPLOYMENT for right in needed(command, user.settings)])
    soon = ("--set", "detect.learning_days=3")
    history = as_lines(wire(int(time.time() * 1000), days=6))
    user.run("topics", "create")
    user.run("feed", "--import", "-", stdin=history)
    assert json.loads(user.run("feed", "--json", "-", stdin=HEADLINES))["sent"] == 3
    user.run("worker", "--processes", "1", "--drain", *soon)
    rows = user.run("topics", "dump").splitlines()
    assert {base64.b64decode(json.loads(row)["value"]) for row in rows[1:]} > set(HEADLINES.splitlines())
    alerts = [json.loads(line) for line in user.run("alerts", "--json").splitlines()]
    opened = next(alert for alert in alerts if alert["series"] == EXPECTED_SERIES)
    assert opened["id"].encode() in user.run("alerts", "--current", "--json")


COMMANDS = [
    ("topics", "create"),
    ("topics", "check"),
    ("topics", "dump"),
    ("feed", "-"),
    ("feed", "--import", "-"),
    ("worker",),
    ("worker", "--processes", "2", "--drain"),
    ("alerts", "--follow"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_wrong_password_is_refused_at_once(secured: Secured, command: tuple[str, ...], name: str) -> None:
    user = secured.by_password("SASL_SSL", name)
    said = user.complaint(*command, stdin=HEADLINES, TOCSIN_KAFKA_SASL_PASSWORD="jabberwocky")
    assert "'alice' (TOCSIN_KAFKA_SASL_USERNAME)" in said
    assert "TOCSIN_KAFKA_SASL_PASSWORD" in said
    assert "jabberwocky" not in said
    assert len(said.splitlines()) == 1, said


def test_a_password_may_come_from_a_file(secured: Secured, name: str, tmp_path: Path) -> None:
    user = secured.by_password("SASL_SSL", name)
    file = tmp_path / "password"
    changes = {"TOCSIN_KAFKA_SASL_PASSWORD": "", "TOCSIN_KAFKA_SASL_PASSWORD_FILE": str(file)}
    file.write_text(PASSWORD + "\n")
    user.run("topics", "check", status=1, **changes)  # the topics are not there
    file.write_text("jabberwocky\n")
    assert "TOCSIN_KAFKA_SASL_PASSWORD_FILE" in user.complaint("topics", "check", **changes)
    file.write_text("\n")
    assert "TOCSIN_KAFKA_SASL_PASSWORD_FILE is empty" in user.complaint("topics", "check", **changes)
    file.unlink()
    assert "TOCSIN_KAFKA_SASL_PASSWORD_FILE" in user.complaint("topics", "check", **changes)


@pytest.mark.parametrize("command", [("topics", "check"), ("worker",)], ids=" ".join)
def test_a_broker_of_another_authority_is_not_trusted(secured: Secured, command: tuple[str, ...], name: str) -> None:
    for user in (secured.by_password("SASL_SSL", name), secured.by_certificate(name, name)):
        said = user.complaint(*command, TOCSIN_KAFKA_SSL_CAFILE=str(secured.stranger.file))
        assert f"{secured.stranger.file} (TOCSIN_KAFKA_SSL_CAFILE)" in said


@pytest.mark.parametrize("command", [("topics", "check"), ("worker",)], ids=" ".join)
def test_a_client_of_another_authority_is_told_so(secured: Secured, command: tuple[str, ...], user: User) -> None:
    certificate, key = secured.stranger.certificate(user.name)
    of_a_stranger = {"TOCSIN_KAFKA_SSL_CERTFILE": str(certificate), "TOCSIN_KAFKA_SSL_KEYFILE": str(key)}
    assert f"{certificate}, TOCSIN_KAFKA_SSL_CERTFILE" in user.complaint(*command, **of_a_stranger)
    none = {"TOCSIN_KAFKA_SSL_CERTFILE": "", "TOCSIN_KAFKA_SSL_KEYFILE": ""}
    assert "none is set, TOCSIN_KAFKA_SSL_CERTFILE" in user.complaint(*command, **none)


def test_files_that_are_no_keys_are_named(secured: Secured, user: User, tmp_path: Path) -> None:
    other = secured.authority.certificate("other")[1]
    garbage = tmp_path / "garbage.pem"
    garbage.write_bytes(b"\x00" * 100)
    for variable, file in (
        ("TOCSIN_KAFKA_SSL_KEYFILE", other),
        ("TOCSIN_KAFKA_SSL_KEYFILE", garbage),
        ("TOCSIN_KAFKA_SSL_CERTFILE", garbage),
        ("TOCSIN_KAFKA_SSL_CAFILE", garbage),
        ("TOCSIN_KAFKA_SSL_KEYFILE", secured.authority.locked_key("locked")),
    ):
        assert f"{variable}={file}" in user.complaint("topics", "check", **{variable: str(file)})


def test_a_mechanism_that_the_broker_has_not_is_named(secured: Secured, name: str) -> None:
    user = secured.by_password("SASL_SSL", name)
    assert "PLAIN (TOCSIN_KAFKA_SASL_MECHANISM)" in user.complaint(
        "topics", "check", TOCSIN_KAFKA_SASL_MECHANISM="PLAIN"
    )


def test_speaking_plainly_to_a_secured_port_names_the_setting(user: User) -> None:
    plain = {"TOCSIN_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}
    assert "TOCSIN_KAFKA_SECURITY_PROTOCOL" in user.complaint("topics", "check", status=3, **plain)
