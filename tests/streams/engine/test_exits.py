"""Why a worker ended: each error has one status, however deep it is buried, and the message says what to do."""

import os
import subprocess
import sys

import pytest
from aiokafka import errors

from streams.engine.exits import Exit, FencedInstanceIdError, LostError, TransactionError, kind_of


def raised(outer: BaseException, cause: BaseException) -> BaseException:
    """`outer`, raised from `cause`."""
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.ProducerFenced(), Exit.FENCED),
        (errors.InvalidProducerEpoch(), Exit.FENCED),
        (raised(TransactionError("failed"), errors.ProducerFenced()), Exit.FENCED),
        (errors.for_code(82)(), Exit.FENCED),
        (errors.KafkaError(repr(FencedInstanceIdError())), Exit.FENCED),
        (errors.KafkaError(f"Unexpected error during coordination {FencedInstanceIdError()!r}"), Exit.FENCED),
        (LostError("gone"), Exit.LOST),
        (TransactionError("not committed"), Exit.TRANSACTION),
        (raised(TransactionError("failed"), errors.MessageSizeTooLargeError()), Exit.TRANSACTION),
        (errors.OffsetOutOfRangeError({}), Exit.LOST),
        (errors.MessageSizeTooLargeError(), Exit.FAULT),
        (ValueError("boom"), Exit.FAULT),
    ],
    ids=repr,
)
def test_kind_of(error: BaseException, kind: Exit) -> None:
    assert kind_of(error) is kind


def ended(code: str, **more: str) -> tuple[int, str]:
    """Exit status and standard error of a process."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, **more},
    )
    return done.returncode, done.stderr


def test_fenced_is_one_line_that_says_what_happened_and_what_to_do() -> None:
    status, said = ended(
        "from streams.engine.exits import die_of\nfrom aiokafka.errors import ProducerFenced\n"
        "try:\n    raise ProducerFenced()\nexcept Exception as error:\n    die_of('detect, x[0]', error)"
    )
    assert status == 72
    assert said.count("\n") == 1
    for part in ("exit 72 (fenced)", "detect, x[0]", "shut out", "written nothing", "Start it again"):
        assert part in said


def test_a_fault_has_its_traceback() -> None:
    status, said = ended(
        "from streams.engine.exits import die_of\ntry:\n    1 / 0\nexcept Exception as error:\n    die_of('x', error)"
    )
    assert status == 70
    assert "ZeroDivisionError" in said
    assert 'File "<string>"' in said


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({}, 2, "--topic headlines.raw"),
        ({"TOCSIN_KAFKA_SASL_PASSWORD_FILE": "/gone"}, 70, "here: TopicAuthorizationFailedError"),
    ],
    ids=["settings as at the start", "settings that cannot be read any more"],
)
def test_a_right_that_is_taken_away_ends_it_whatever_the_settings_are_by_now(
    more: dict[str, str], status: int, words: str
) -> None:
    found, said = ended(
        "from streams.engine.exits import die_of\nfrom aiokafka.errors import TopicAuthorizationFailedError\n"
        "die_of('here', TopicAuthorizationFailedError({'headlines.raw'}))",
        **more,
    )
    assert found == status
    assert words in said


@pytest.mark.parametrize("call", ["wait_empty", "perform_seek"])
def test_a_transaction_that_fails_while_lanes_close_or_open_is_no_fault_of_ours(call: str) -> None:
    status, said = ended(
        "import asyncio\nfrom types import SimpleNamespace as Made\n"
        "from streams.engine.exits import TransactionError\nfrom streams.engine.transport import LaneConsumer\n"
        "async def fail():\n    raise TransactionError('not committed within 15 s')\n"
        "lanes = Made(lanes={}, close=fail)\n"
        "worker = Made(app=Made(lanes=lanes, should_stop=False), _opening=None, _open=fail)\n"
        f"asyncio.run(LaneConsumer.{call}(worker))"
    )
    assert status == 71
    assert "exit 71 (transaction)" in said
    assert "not committed within 15 s" in said
