"""Keys and certificates for a test, as PEM files: an authority, the broker's, and one for each user."""

from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from streams.broker.properties import HOST


class Authority:
    """Makes certificates, in a directory."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._authority = trustme.CA()
        self.file = self._written("authority.pem", self._authority.cert_pem.bytes())

    def certificate(self, name: str) -> tuple[Path, Path]:
        """Certificate and key of a user."""
        chain, key = self._made(name)
        return self._written(f"{name}.pem", chain), self._written(f"{name}.key", key)

    def identity(self, name: str) -> Path:
        """Certificate and key of a broker, in one file."""
        return self._written(f"{name}-identity.pem", b"".join(self._made(name)))

    def locked_key(self, name: str) -> Path:
        """A key with a pass phrase."""
        return self._written(f"{name}.key", self._made(name, BestAvailableEncryption(b"open sesame"))[1])

    def _made(self, name: str, locked: KeySerializationEncryption | None = None) -> tuple[bytes, bytes]:
        made = self._authority.issue_cert(HOST, common_name=name)
        # Kafka reads keys in this form alone.
        key = load_pem_private_key(made.private_key_pem.bytes(), password=None)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked or NoEncryption())
        return b"".join(part.bytes() for part in made.cert_chain_pems), pem

    def _written(self, name: str, content: bytes) -> Path:
        path = self._directory / name
        path.write_bytes(content)
        path.chmod(0o600)
        return path
