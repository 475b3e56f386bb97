"""`python -m tests.determinism`: a campaign; a row of its table as JSON on standard output, status 1 if it failed.

In memory by default; `--workers` runs real workers on the Kafka that TOCSIN_KAFKA_BOOTSTRAP_SERVERS names, or on one
of its own.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from streams.broker.server import LocalKafka
from tests.determinism import campaign, workers


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.determinism", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=1000, help="random histories, in memory")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same histories, kills and moves")
    parser.add_argument("--workers", action="store_true", help="real workers on a real Kafka instead")
    parser.add_argument("--headlines", type=int, default=2000, help="imported, and as many live, with --workers")
    arguments = parser.parse_args()
    result = (
        _with_workers(arguments.headlines, arguments.seed)
        if arguments.workers
        else campaign.run(arguments.examples, arguments.seed)
    )
    print(json.dumps(result.row()))
    return 0 if result.passed else 1


def _with_workers(headlines: int, seed: int) -> workers.Result:
    with tempfile.TemporaryDirectory() as directory:
        if given := os.environ.get("TOCSIN_KAFKA_BOOTSTRAP_SERVERS"):
            return workers.run(given, Path(directory), headlines, seed=seed)
        with LocalKafka(Path(directory) / "kafka", port=0) as local:
            return workers.run(local.bootstrap, Path(directory), headlines, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
