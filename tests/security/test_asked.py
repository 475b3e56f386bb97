"""What the broker notes is read as what `Right` calls it."""

from pathlib import Path

from streams.rights import Right
from tests.security.asked import unused, used

LINE = (
    "DEBUG kafka.authorizer.logger - Principal = User:{} is {} operation = {} from host = 127.0.0.1 on resource = "
    "{}:LITERAL:{} for request = Fetch with resourceRefCount = 1 based on rule MatchingAcl(acl=...)\n"
)


def test_what_was_allowed_is_told_by_user(tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    log.write_text(
        LINE.format("ann", "Allowed", "DescribeConfigs", "Topic", "p.raw")
        + LINE.format("ann", "Denied", "Read", "Topic", "p.raw")
        + LINE.format("bob", "Allowed", "Write", "Topic", "p.raw")
        + LINE.format("ann", "Allowed", "Write", "TransactionalId", "p.detect.0")
    )
    assert used(log, "ann") == {
        ("DESCRIBE_CONFIGS", "topic", "p.raw"),
        ("WRITE", "transactional-id", "p.detect.0"),
    }
    given = [
        Right("DESCRIBE_CONFIGS", "topic", "p.raw"),
        Right("READ", "topic", "p.raw"),
        Right("WRITE", "topic", "p.raw"),
        Right("WRITE", "transactional-id", "p.", prefixed=True),
        Right("WRITE", "transactional-id", "p."),
    ]
    assert unused(given, log, "ann") == [given[1], given[2], given[4]]
