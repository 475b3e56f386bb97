"""`tocsin rights`: what a user has to be allowed in Kafka, ready to be run by an administrator."""

from typing import Annotated

import typer


def rights(
    command: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND]", help="Such as feed, or topics create; default: all.")
    ] = None,
    history: Annotated[bool, typer.Option("--import", help="Of feed: with --import.")] = False,
    current: Annotated[bool, typer.Option("--current", help="Of alerts: with --current.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Of replay: with --delete.")] = False,
    prefix: Annotated[
        str, typer.Option(metavar="P", help="Of replay, diff and handover: the prefix of the other generation.")
    ] = "P",
    principal: Annotated[
        str | None, typer.Option(metavar="User:NAME", help="Whom to allow it; default: the user who is set.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of command lines.")] = False,
) -> None:
    """Print the least rights that a command needs, as kafka-acls.sh lines. Asks no broker.

    Names follow from the settings: TOCSIN_PREFIX, TOCSIN_RAW_TOPIC, TOCSIN_ALERTS_TOPIC. Add --bootstrap-server and
    --command-config to the lines, and run them as an administrator.

    \b
    Examples:
      tocsin rights worker                                     for the user in TOCSIN_KAFKA_SASL_USERNAME
      tocsin rights feed --import --principal User:archivist   for somebody else
      tocsin rights replay --prefix october                    the replay of that prefix
      tocsin rights --json                                     of every command, for another program
    """
    from streams.access import principal as ours
    from streams.errors import Refusal
    from streams.rights import COMMANDS, acls, granted
    from streams.settings import Settings

    if principal is not None and ":" not in principal:
        raise Refusal(f"--principal {principal}: Kafka's principals have a kind; write User:{principal}")
    settings = Settings()
    other = prefix.removesuffix(".")
    options = {"--import": history, "--current": current, "--delete": delete}
    named = " ".join([*(command or []), *[option for option, given in options.items() if given]])
    if named and named not in COMMANDS:
        raise Refusal(f"{named}: no command that needs rights; there are {', '.join(COMMANDS)}")
    chosen = [named] if named else list(COMMANDS)
    if as_json:
        import orjson

        listed = {each: [right._asdict() for right in granted(each, settings, other)] for each in chosen}
        typer.echo(orjson.dumps(listed, option=orjson.OPT_INDENT_2).decode())
        return
    for number, each in enumerate(chosen):
        if len(chosen) > 1:
            typer.echo(f"{'' if number == 0 else chr(10)}# tocsin {each}: {COMMANDS[each][0]}")
        for line in acls(granted(each, settings, other), principal or ours(settings)):
            typer.echo(line)
