"""The password is in no output: whatever runs, however it fails, at the chattiest level of the log."""

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from streams.cli import COMMANDS
from streams.rights import Right, needed
from streams.settings import Settings, SettingsError
from tests.integration.deployment import until
from tests.security.secured import PASSWORD, Secured, User

MAGIC = "xyzzy-plugh-plover"
ROW = b'{"title": "Kenya deploys troops to Somalia"}\n'
LOUD = {"TOCSIN_LOG_LEVEL": "DEBUG", "PYTHONASYNCIODEBUG": "1", "PYTHONWARNINGS": "default"}
BROKEN = {
    "wrong password": {"TOCSIN_KAFKA_SASL_PASSWORD": MAGIC},
    "wrong mechanism": {"TOCSIN_KAFKA_SASL_MECHANISM": "PLAIN", "TOCSIN_KAFKA_SASL_PASSWORD": MAGIC},
    "no such mechanism": {"TOCSIN_KAFKA_SASL_MECHANISM": "ROT13", "TOCSIN_KAFKA_SASL_PASSWORD": MAGIC},
    "no user": {"TOCSIN_KAFKA_SASL_USERNAME": "", "TOCSIN_KAFKA_SASL_PASSWORD": MAGIC},
    "no broker": {"TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "TOCSIN_KAFKA_SASL_PASSWORD": MAGIC},
    "a login for nothing": {"TOCSIN_KAFKA_SECURITY_PROTOCOL": "SSL", "TOCSIN_KAFKA_SASL_PASSWORD": MAGIC},
    "the password for a file": {"TOCSIN_KAFKA_SASL_PASSWORD": "", "TOCSIN_KAFKA_SASL_PASSWORD_FILE": MAGIC},
    "another setting wrong": {"TOCSIN_CHUNK": "0", "TOCSIN_KAFKA_SASL_PASSWORD": MAGIC},
    "misspelt": {"TOCSIN_KAFKA_SASL_PASWORD": MAGIC},
}


@pytest.mark.parametrize("how", BROKEN)
def test_no_failure_tells_it(secured: Secured, name: str, how: str) -> None:
    user = secured.by_password("SASL_SSL", name)
    for command in (("topics", "check"), ("worker",)):
        done = user.done(*command, **LOUD, **BROKEN[how])
        assert done.returncode in (2, 3)
        said = done.stdout + done.stderr
        assert said
        assert MAGIC.encode() not in said


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_no_help_tells_it(secured: Secured, name: str, command: str) -> None:
    user = secured.by_password("SASL_SSL", name)
    assert PASSWORD.encode() not in user.run(command, "--help", **LOUD)


def test_settings_do_not_tell_it() -> None:
    settings = Settings(
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism="PLAIN",
        kafka_sasl_username="alice",
        kafka_sasl_password=MAGIC,
    )
    assert settings.password() == MAGIC
    for told in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert MAGIC not in told
    with pytest.raises(SettingsError) as refused:
        Settings(kafka_sasl_password=MAGIC)
    assert MAGIC not in str(refused.value)


def got(url: str) -> bytes:
    """What a worker answers; nothing while it does not."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bytes(answer.read())
    except OSError:
        return b""


@pytest.fixture
def working(secured: Secured, name: str) -> User:
    """Alice, with the topics made and the rights of a worker."""
    user = secured.by_password("SASL_SSL", name)
    administrator = secured.by_certificate("administrator", name)
    administrator.run("topics", "create")
    secured.acls.allow(user.name, needed("worker", user.settings))
    return user


def test_a_worker_and_its_supervisor_never_tell_it(secured: Secured, working: User, name: str, tmp_path: Path) -> None:
    """A worker that is killed, started again, and refused a right; its metrics, and what the system lists of it."""
    log = tmp_path / "log"
    port = int(working.variables["TOCSIN_HTTP_PORT"])
    with log.open("wb") as out:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker", "--processes", "1"],
            env=working.environment(LOUD),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    told = b""
    try:
        until(lambda: log.read_bytes().count(b"opened") == 1, "lanes are open")
        (worker,) = psutil.Process(supervisor.pid).children()
        told += " ".join([*psutil.Process(supervisor.pid).cmdline(), *worker.cmdline()]).encode()
        for page in ("metrics", "ready", "live"):
            told += until(lambda page=page: got(f"http://127.0.0.1:{port}/{page}"), page)
        worker.kill()
        until(lambda: log.read_bytes().count(b"opened") == 2, "lanes are open again")
        secured.acls.deny(working.name, [Right("READ", "topic", working.settings.raw_topic)])
        secured.by_certificate("administrator", name).run("feed", "-", stdin=ROW)
        assert supervisor.wait(60) == 2
    finally:
        if supervisor.poll() is None:
            supervisor.terminate()
            supervisor.wait(40)
    told += log.read_bytes()
    assert b"starting it again" in told
    assert re.search(rf"--operation READ .*--topic {working.settings.raw_topic}\n".encode(), told)
    assert len(re.findall(rb"DEBUG", told)) > 10, "the log was not loud"
    assert PASSWORD.encode() not in told


@pytest.mark.parametrize("ending", ["die_of('here', error)", "raise"])
def test_a_traceback_does_not_tell_it(secured: Secured, name: str, ending: str) -> None:
    user = secured.by_password("SASL_SSL", name)
    code = f"""
from streams import kafka
from streams.engine.exits import die_of
from streams.settings import Settings
settings = Settings()
options = kafka.client_options(settings)
try:
    raise RuntimeError(f"a fault with {{settings!r}}")
except RuntimeError as error:
    {ending}
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=user.environment(LOUD), check=False, timeout=60
    )
    assert b"Traceback" in done.stderr
    assert b"a fault with" in done.stderr
    assert PASSWORD.encode() not in done.stderr + done.stdout
