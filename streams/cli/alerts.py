"""`tocsin alerts`: what has rung, and what rings now."""

import asyncio
from typing import Annotated

import typer


def alerts(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new ones until Ctrl-C.")] = False,
    current: Annotated[bool, typer.Option("--current", help="The latest state of each series alone.")] = False,
    published: Annotated[
        bool, typer.Option("--published", help="What subscribers see, whichever generation publishes (TOCSIN_PREFIX).")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Each revision as a line, the very bytes that are in the topic.")
    ] = False,
    series: Annotated[
        str | None, typer.Option(metavar="SERIES", help="Only this series, such as KP/troop-deployment; 'KP/*' too.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only from this time on, such as 2026-11-20T14:00Z or 36h.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the latest N of what is there.")] = None,
) -> None:
    """Print alerts, each revision of each, in order of the log's time.

    \b
    Examples:
      tocsin alerts --since 7d             the last week
      tocsin alerts --current              what rings now, and how each series ended
      tocsin alerts --follow --json        for another program: a JSON line a revision, as it comes
      tocsin alerts --series 'KP/*'        one country
    """
    from streams.cli.alert_reader import Wanted, show
    from streams.cli.terminal import moment
    from streams.settings import Settings

    settings = Settings()
    wanted = Wanted(series, None if since is None else moment(since, "--since"), limit)
    asyncio.run(show(settings, wanted, follow=follow, current=current, published=published, as_json=as_json))
