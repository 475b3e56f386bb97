"""`python -m tests.determinism`: a campaign; a row of its table as JSON on standard output, status 1 if it failed."""

import argparse
import json
import sys

from tests.determinism import campaign


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.determinism", description=__doc__)
    parser.add_argument("--examples", type=int, default=1000, help="random histories, in memory")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same histories")
    arguments = parser.parse_args()
    result = campaign.run(arguments.examples, arguments.seed)
    print(json.dumps(result.row()))
    return 0 if result.passed else 1


sys.exit(main())
