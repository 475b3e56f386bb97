"""`make chaos`: do the worst to a deployment, recount, and write the row of `docs/RELIABILITY.md`."""

import argparse
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import table
from tests.chaos.campaign import RATE, Campaign, perform, told
from tests.chaos.campaigns import CAMPAIGNS

EPILOG = """examples:
  python -m tests.chaos --list               what there is
  python -m tests.chaos                      everything, about half an hour
  python -m tests.chaos kill --times 3       three kills, to see it work
  python -m tests.chaos zombie broker --dry  two campaigns; docs/RELIABILITY.md stays as it is

Each campaign starts a Kafka of its own, workers, and a load that never pauses; does its worst at moments that the
seed decides; lets everything drain; and recounts: every raw record classified or rejected once for each of its lanes,
every classified row with one verdict, alerts byte for byte those of a scan of the same raw log. Ends with 0 when
nothing is wrong; with 1, and the logs kept, when something is. Run it on a machine that does nothing else.
"""


def main() -> int:
    """Run the campaigns that were asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("campaigns", nargs="*", metavar="CAMPAIGN", help="which; all without (--list names them)")
    parser.add_argument("--list", action="store_true", help="say what there is, and end")
    parser.add_argument("--times", type=int, metavar="N", help="how often the fault happens; default: each its own")
    parser.add_argument("--short", action="store_true", help="the few times of the test suite; implies --dry")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is at random (default 1)")
    parser.add_argument("--rate", type=float, default=RATE, help=f"headlines a second (default {RATE:.0f})")
    parser.add_argument("--dry", action="store_true", help="leave docs/RELIABILITY.md as it is")
    given = parser.parse_args()
    if given.list:
        for campaign in CAMPAIGNS.values():
            print(f"{campaign.name:<10} {campaign.times:>3} times  {campaign.what}")
        return 0
    if unknown := [name for name in given.campaigns if name not in CAMPAIGNS]:
        parser.error(f"no such campaign: {', '.join(unknown)}; there are {', '.join(CAMPAIGNS)}")
    if given.times is not None and given.times < 1:
        parser.error("--times takes 1 or more")
    logging.disable(logging.ERROR)  # the troubles of the observer's clients are those that were made
    status = 0
    for name in given.campaigns or CAMPAIGNS:
        campaign = CAMPAIGNS[name]
        times = given.times or (campaign.short if given.short else campaign.times)
        status |= _run(campaign, times, given.seed, given.rate, given.dry or given.short)
    return status


def _run(campaign: Campaign, times: int, seed: int, rate: float, dry: bool) -> int:
    """One campaign; its exit status."""
    if lack := campaign.missing():
        print(f"{campaign.name}: SKIPPED: {lack}", flush=True)
        return 1
    directory = Path(tempfile.mkdtemp(prefix=f"tocsin-chaos-{campaign.name}-"))
    began = time.monotonic()

    def tell(what: str) -> None:
        print(f"{campaign.name} {time.monotonic() - began:6.1f} s  {what}", flush=True)

    try:
        outcome = perform(campaign, times, seed, rate, directory, tell)
    except AssertionError as error:
        print(f"{campaign.name}: broke down: {error}\n  The logs are in {directory}", flush=True)
        return 1
    except KeyboardInterrupt:
        print(f"{campaign.name}: stopped; everything is ended. The logs are in {directory}", flush=True)
        raise
    print(told(outcome), flush=True)
    if not dry:
        table.write(outcome, list(CAMPAIGNS))
    if outcome.faults:
        print(f"  The logs are in {directory}", flush=True)
        return 1
    shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
