"""Settings are right from the start, or every fault is told with its variable, source and cure."""

import re
from pathlib import Path
from typing import Any

import pytest

from streams.setting_faults import variable
from streams.settings import IMPORT, NAMES, RAW, Settings, SettingsError
from streams.topics import plan


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("TOCSIN_"):
            monkeypatch.delenv(name)


def test_the_environment_is_read_and_given_values_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP_SERVERS", "a:1, b:2")
    monkeypatch.setenv("TOCSIN_CHUNK", "7")
    settings = Settings(chunk=8)
    assert settings.kafka_bootstrap_servers == "a:1,b:2"
    assert settings.chunk == 8


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HTTP_PORT", "")
    assert Settings().http_port == 9464


def test_overrides_are_split_at_commas_and_come_from_tocsin_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SET", "detect.min_unique=3, lanes=2,")
    assert Settings().overrides == ("detect.min_unique=3", "lanes=2")
    assert Settings(overrides=("x=1,2",)).overrides == ("x=1,2",)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().chunk = 5  # type: ignore[misc]


@pytest.mark.parametrize("prefix", ["g2", "g2."])
def test_every_name_follows_from_the_prefix_but_raw(prefix: str) -> None:
    settings = Settings(prefix=prefix, raw_topic="wire")
    assert settings.topic(RAW) == "wire"
    assert settings.topic(IMPORT) == "g2.headlines.import"
    assert settings.group == "g2.tocsin"
    assert settings.transactional_id("classify-import", 3) == "g2.classify-import.3"
    assert [settings.plain(settings.topic(name)) for name in NAMES] == list(NAMES)
    assert settings.topic("published") == "alerts"
    assert not settings.publishes


def test_without_a_prefix() -> None:
    settings = Settings()
    assert settings.topic("alerts") == "alerts"
    assert settings.group == "tocsin"
    assert settings.transactional_id("detect", 0) == "tocsin.detect.0"
    own = [name for name in NAMES if not name.startswith("published")]
    assert [settings.plain(settings.topic(name)) for name in own] == own
    assert settings.topic("published") == "alerts"
    assert settings.publishes


def test_a_topic_of_another_generation_has_no_plain_name() -> None:
    with pytest.raises(ValueError, match="prefix"):
        Settings(prefix="g2").plain("g1.alerts")


def test_longest_prefix_still_gives_legal_names() -> None:
    settings = Settings(prefix="p" * 200)
    assert all(len(spec.name) <= 249 for spec in plan(settings, 4))


BAD: list[tuple[str, Any]] = [
    ("kafka_bootstrap_servers", "localhost"),
    ("kafka_bootstrap_servers", "a:1,,b:2"),
    ("kafka_bootstrap_servers", "a:99999"),
    ("prefix", "g 2"),
    ("prefix", "."),
    ("prefix", "..."),
    ("prefix", "p" * 201),
    ("raw_topic", "a/b"),
    ("raw_topic", ""),
    ("raw_partitions", 0),
    ("import_partitions", "two"),
    ("replication_factor", 0),
    ("instance_id", "worker 1"),
    ("http_port", 70000),
    ("rules", "/no/such/directory"),
    ("chunk", 0),
    ("transaction_gap_ms", -1),
    ("session_timeout_ms", 10),
    ("heartbeat_ms", 0),
    ("tick", "perhaps"),
    ("raw_retention_days", 0),
    ("log_level", "LOUD"),
    ("kafka_security_protocol", "TLS"),
    ("kafka_sasl_mechanism", "GSSAPI"),
    ("kafka_ssl_cafile", "/no/such/file"),
]


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_bad_value_is_told_with_variable_value_source_and_cure(field: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(**{field: value})
    (fault,) = caught.value.faults
    assert fault.startswith(f"{variable(field)}={value} (given by the command line or the program): ")
    assert str(Settings.model_fields[field].description) in fault


def test_a_bad_variable_is_told_to_be_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_CHUNK", "many")
    with pytest.raises(SettingsError, match=re.escape("TOCSIN_CHUNK=many (from the environment)")):
        Settings()


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(chunk=0, http_port=-1, prefix="/")
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"heartbeat_ms": 3000}, "TOCSIN_HEARTBEAT_MS=3000"),
        ({"kafka_security_protocol": "SASL_SSL"}, "TOCSIN_KAFKA_SASL_PASSWORD is not set"),
        ({"kafka_sasl_username": "alice"}, "sends no login"),
        ({"kafka_ssl_keyfile": Path(__file__)}, "TOCSIN_KAFKA_SSL_CERTFILE"),
        ({"raw_topic": "alerts"}, "TOCSIN_RAW_TOPIC=alerts"),
        ({"raw_topic": "g.counts", "prefix": "g"}, "TOCSIN_RAW_TOPIC=g.counts"),
    ],
)
def test_settings_that_do_not_go_together(values: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Settings(**values)


def test_a_misspelt_variable_is_found_and_a_foreign_one_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SERVICE_HOST", "10.0.0.1")
    Settings()
    monkeypatch.setenv("TOCSIN_PREFX", "g2")
    with pytest.raises(SettingsError, match="did you mean TOCSIN_PREFIX"):
        Settings()


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="did you mean raw_topic"):
        Settings(raw_topc="x")


def test_the_password_is_never_shown() -> None:
    settings = Settings(
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_sasl_mechanism="PLAIN",
        kafka_sasl_username="alice",
        kafka_sasl_password="open sesame",
    )
    assert "sesame" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        Settings(kafka_sasl_password=b"open \xff sesame")
    assert "sesame" not in str(caught.value)


def test_a_log_level_is_taken_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_LOG_LEVEL", "info")
    assert Settings().log_level == "INFO"
