"""What an error came from is found on every way that leads to it."""

from aiokafka import errors

from streams.access import is_denied
from streams.engine.exits import Exit, LostError, kind_of
from streams.errors import causes


def raised(outer: BaseException, cause: BaseException | None, context: BaseException | None) -> BaseException:
    """`outer`, raised from `cause` while `context` was handled."""
    outer.__cause__, outer.__context__ = cause, context
    return outer


def test_both_branches_are_followed_the_cause_first_and_each_error_comes_once() -> None:
    deep = ValueError("deep")
    cause, context = raised(KeyError("cause"), deep, None), raised(OSError("context"), None, deep)
    outer = raised(RuntimeError("outer"), cause, context)
    deep.__context__ = outer  # a circle
    assert list(causes(outer)) == [outer, cause, deep, context]


def test_what_lies_beside_the_cause_decides_as_well() -> None:
    denied = raised(RuntimeError("x"), ValueError("y"), errors.TopicAuthorizationFailedError("raw"))
    assert is_denied(denied)
    assert kind_of(raised(RuntimeError("x"), ValueError("y"), LostError("gone"))) is Exit.LOST
