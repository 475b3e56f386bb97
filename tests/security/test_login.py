"""Every command and the worker log in, by password and by certificate; who may not come in is told why, at once."""

import base64
import json
from pathlib import Path

import pytest

from streams.rights import needed
from tests.security.secured import PASSWORD, Secured, User

HEADLINES = b"""{"title": "Kenya deploys troops to Somalia"}
{"title": "Peru and Chile sign a treaty"}
not json
"""
DEPLOYMENT = ("topics create", "feed", "worker", "topics dump", "alerts", "alerts --current")


def logged_in(secured: Secured, how: str, prefix: str) -> User:
    user = secured.by_certificate(prefix, prefix) if how == "SSL" else secured.by_password(how, prefix)
    secured.acls.allow(user.name, [right for command in DEPLOYMENT for right in needed(command, user.settings)])
    return user


@pytest.mark.parametrize("how", ["SASL_SSL", "SASL_PLAINTEXT", "SSL"])
def test_headlines_come_through(secured: Secured, how: str, name: str) -> None:
    user = logged_in(secured, how, name)
    user.run("topics", "create")
    assert json.loads(user.run("feed", "--json", "-", stdin=HEADLINES))["sent"] == 3
    user.run("worker", "--processes", "1", "--drain")
    rows = [json.loads(line) for line in user.run("topics", "dump").splitlines()]
    assert "generation" in rows[0]
    assert base64.b64decode(rows[1]["value"]) in HEADLINES
    for topic in ("alerts", "alerts.current"):
        assert user.run("topics", "dump", topic) == b""
    assert b"no alerts yet" in user.run("alerts")
    assert b"no alerts yet" in user.run("alerts", "--current")
    # as on a plain broker
    everything = secured.by_certificate("administrator", name)
    rows = [json.loads(line) for line in everything.run("topics", "dump", "headlines.deduplicated").splitlines()]
    titles = [json.loads(base64.b64decode(row["value"])).get("headline", {}).get("title") for row in rows]
    assert sorted(filter(None, titles)) == ["Kenya deploys troops to Somalia", "Peru and Chile sign a treaty"]


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
