"""`make bench`: measure, print, and write `docs/BENCHMARKS.md`; what `recovery` says, `docs/RELIABILITY.md`.

The rates on real data are measured where `TOCSIN_DATA` names a folder with `wklnd.jsonl.gz` (hourly snapshots of
top stories); without it only the shipped sample is read, and the table says so.
"""

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from benchmarks import classify, deduplicate, detect, end_to_end, recovery, report, scan

SAMPLE = Path(__file__).parent.parent / "streams" / "demo" / "sample.jsonl.gz"


def main() -> None:
    """Run all measurements, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ["classify", "deduplicate", "detect", "scan", "kafka", "recovery"]
    parser.add_argument("what", nargs="*", choices=[*parts, []], help=f"{', '.join(parts)}; all without")
    parser.add_argument("--dry", action="store_true", help="print only, leave the documents as they are")
    arguments = parser.parse_args()
    wanted = arguments.what or parts
    figures: list[report.Figure] = []
    data = os.environ.get("TOCSIN_DATA")
    real = Path(data) / "wklnd.jsonl.gz" if data else None
    if "classify" in wanted:
        if real is not None and real.exists():
            figures += classify.measure(real, "wklnd, hourly top stories", ("≥ 20,000/s", "≥ 12,000/s"))
        else:
            figures += classify.measure(SAMPLE, "the shipped sample", ("—", "—"))
            print("skipped: classify of wklnd; set TOCSIN_DATA to the folder that holds it")
    if "deduplicate" in wanted:
        if real is not None and real.exists():
            busy = os.getloadavg()[0]
            steps = report.table(deduplicate.measure(real))
            print(steps)
            if not arguments.dry:
                report.write("BENCHMARKS.md", "deduplicate", steps, busy, broker=False)
        else:
            print("skipped: deduplicate on wklnd; set TOCSIN_DATA to the folder that holds it")
    if "scan" in wanted:
        figures.append(scan.measure(SAMPLE, scan.count(SAMPLE), "the shipped sample", "—"))
        if real is not None and real.exists():
            figures.append(scan.measure(real, scan.count(real), "wklnd, hourly top stories", "≥ 10,000/s"))
        else:
            print("skipped: scan of wklnd; set TOCSIN_DATA to the folder that holds it")
    if "detect" in wanted:
        figures += detect.measure()
    if "kafka" in wanted:
        with tempfile.TemporaryDirectory() as directory:
            figures += asyncio.run(end_to_end.measure(Path(directory)))
    if figures:
        print(report.table(figures))
        if not arguments.dry:
            report.write("BENCHMARKS.md", "figures", report.table(figures))
    if "recovery" in wanted:
        busy = os.getloadavg()[0]
        with tempfile.TemporaryDirectory() as directory:
            back = report.coming_back(recovery.measure(Path(directory)))
        print(back)
        if not arguments.dry:
            report.write("RELIABILITY.md", "coming back", back, busy)


main()
