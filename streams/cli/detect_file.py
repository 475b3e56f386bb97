"""alpha written into the `detect.yaml` of a directory of rules.

What stands in the way is found out before anything is measured: `detect_file` refuses the package's own rules, other
settings than alpha on top of the file, and a file in which no line of its own sets alpha. The file is replaced as a
whole or not at all; all of it but alpha and its provenance stays byte for byte.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from agents.backtest.provenance import rewritten, written
from agents.classify.reader import RULES
from agents.detect.rules import load_rules
from streams.errors import Refusal

NAME = "detect.yaml"
_ALPHA = ("alpha", "detect.alpha")


def detect_file(rules: Path | None, overrides: Sequence[str]) -> Path:
    """Where alpha goes, if it can be written there. Raises Refusal."""
    if rules is None or (rules / NAME).resolve() == (RULES / NAME).resolve():
        raise Refusal(
            "--write: the package's own rules are not changed; copy them, and name the copy with --rules "
            f"(cp -r {RULES} my-rules)"
        )
    if others := [each for each in overrides if each.partition("=")[0].strip() not in _ALPHA]:
        told = " ".join(f"--set {each}" for each in others)
        raise Refusal(
            f"--write with {told}: that alpha would be for other rules than it is written to; "
            "write the settings into the rules' files first, or leave out --write"
        )
    path = rules / NAME
    if not os.access(path.parent, os.W_OK):
        raise Refusal(f"{path}: cannot be written: its directory is not yours to write in")
    if _changed(path, 1e-5, ()) is None:
        raise Refusal(f"{path}: no line of its own sets alpha, so that it cannot be replaced; write `alpha: 1.0e-05`")
    return path


def write_alpha(path: Path, alpha: float, provenance: Sequence[str]) -> None:
    """Replace the file. Raises Refusal, or RulesError where it would not be sound."""
    text = _changed(path, alpha, provenance)
    draft = path.with_name(f".{NAME}.new")
    try:
        if text is None:
            raise Refusal(f"{path}: changed meanwhile: no line of its own sets alpha any more")
        draft.write_bytes(text.encode("utf-8"))
        if load_rules(draft).alpha != alpha:
            raise Refusal(f"{path}: alpha is set twice; write it once, as `alpha: {written(alpha)}`")
        draft.chmod(path.stat().st_mode & 0o7777)
        os.replace(draft, path.resolve())
    except OSError as error:
        raise Refusal(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


def _changed(path: Path, alpha: float, provenance: Sequence[str]) -> str | None:
    return rewritten(path.read_bytes().decode("utf-8"), alpha, provenance)
