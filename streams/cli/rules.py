"""`tocsin rules`: whether rules are sound, whether they read their own examples, and what a change of them changes.

    check   0 sound   2 faults
    test    0 all examples hold   1 some do not
    diff    0 nothing is read otherwise   1 something is, or a line could not be read

What cannot be read at all ends with 2, as everywhere.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agents.classify.reader import Reader
    from agents.faults import Fault

app = typer.Typer(no_args_is_help=True, help="Check, test and compare rules.")

Directory = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="A directory of rule files; the package's without it.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def check(directory: Directory = None, as_json: Json = False) -> None:
    """Find every fault of the rule files, each with its file, line and cure. Ends with 2 when there is one.

    A YAML file in the directory that nothing reads is one. Words that stand twice in a list are a notice, no fault.

    \b
    Examples:
      tocsin rules check
      tocsin rules check my-rules --json | jq -r '.faults[] | "\\(.file):\\(.line)"'
    """
    from agents.classify.examples import examples
    from agents.classify.reader import RULES
    from agents.faults import RulesError, repeats
    from agents.rulebook import FILES, Rulebook
    from streams.visible import json_line, visible

    where = directory or RULES
    faults: list[Fault] = []
    notices: list[Fault] = []
    version = None
    try:
        rulebook = Rulebook.load(directory)
        examples(where, rulebook.reader.subregions)
        version = rulebook.version
        notices = [notice for name in FILES if (where / name).exists() for notice in repeats(where / name)]
    except RulesError as error:
        faults = error.faults
    if as_json:
        told = {"directory": str(where), "rules": version, "faults": [fault._asdict() for fault in faults]}
        told["notices"] = [notice._asdict() for notice in notices]
        sys.stdout.buffer.write(json_line(told) + b"\n")
    elif faults:
        for fault in faults:
            typer.echo(visible(_fault_line(fault)))
        typer.echo(f"{len(faults):,} {'fault' if len(faults) == 1 else 'faults'} in {visible(str(where))}")
    else:
        for notice in notices:
            typer.echo(visible(f"notice: {_fault_line(notice)}"))
        typer.echo(f"sound: {visible(str(where))}, rules {version}")
    raise typer.Exit(2 if faults else 0)


@app.command("test")
def read_examples(directory: Directory = None, as_json: Json = False) -> None:
    """Read every example of the rule files, and show those that are read otherwise. Ends with 1 when there is one.

    Examples stand beside the patterns in themes.yaml (examples, not_counted, absent), and in places_examples.yaml where
    the directory has one: `examples:` and below it lines like `- {title: "...", places: [KP, KR]}`.

    \b
    Examples:
      tocsin rules test
      tocsin rules test my-rules --json | jq -r '.failures[].title'
    """
    from agents.classify.examples import examples, failures
    from agents.classify.reader import RULES, Reader
    from agents.faults import RulesError
    from agents.faults import directory as existing
    from agents.rulebook import strays
    from streams.visible import json_line, visible

    where = existing(directory or RULES)
    if strange := strays(where):
        raise RulesError(strange)
    reader = Reader.load(where)
    listed = examples(where, reader.subregions)
    failed = list(failures(reader, listed, where))
    if as_json:
        told = {
            "directory": str(where),
            "examples": len(listed),
            "failures": [
                {
                    "file": failure.example.file,
                    "line": failure.example.line,
                    "title": failure.example.title,
                    "theme": failure.example.theme,
                    "expected": failure.example.expected,
                    "found": failure.found,
                    "why": failure.why,
                }
                for failure in failed
            ],
        }
        sys.stdout.buffer.write(json_line(told) + b"\n")
    else:
        for failure in failed:
            example = failure.example
            theme = f"{example.theme} " if example.theme else ""
            typer.echo(visible(f"{example.file}:{example.line}: {example.title}"))
            typer.echo(visible(f"    expected {theme}{example.expected}, found {failure.found}"))
            typer.echo(visible(f"    {failure.why}"))
        typer.echo(f"{len(listed):,} examples, {len(listed) - len(failed):,} as written, {len(failed):,} otherwise")
    raise typer.Exit(1 if failed else 0)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A directory of rule files; - for the package's.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="Headlines, as `tocsin scan` reads them.")],
    every: Annotated[bool, typer.Option("--all", help="Show all that change, not 20.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines: each change, then a summary.")] = False,
) -> None:
    """Show which headlines of a file are read otherwise under other rules: places, themes, whether they count.

    A headline is read as of its published time, or of now where it has none. Lines that hold none are told on
    standard error.

    \b
    Examples:
      tocsin rules diff - my-rules news.jsonl.gz
      tocsin rules diff before after news.csv --json | jq -c 'select(.kind == "change") | [.title, .themes]'

    \b
    Exit status: 0 nothing differs, 1 something does or some lines could not be read, 2 wrong usage, rules that cannot
    be used, or a file without a headline.
    """
    from streams.cli.rules_diff import Differ, as_lines, show
    from streams.cli.terminal import now

    differ = Differ(_loaded(old), _loaded(new), now())
    found = differ.over(file)
    if as_json:
        sys.stdout.buffer.writelines(as_lines(found))
    else:
        show(found, None if every else 20)
    raise typer.Exit(1 if found.changes or found.unread else 0)


def _loaded(directory: Path) -> "Reader":
    from agents.classify.reader import RULES, Reader
    from agents.faults import RulesError
    from agents.faults import directory as existing
    from agents.rulebook import strays

    where = existing(RULES if str(directory) == "-" else directory)
    try:
        if strange := strays(where):
            raise RulesError(strange)
        return Reader.load(where)
    except RulesError as error:
        raise RulesError([fault._replace(file=f"{directory}/{fault.file}") for fault in error.faults]) from None


def _fault_line(fault: "Fault") -> str:
    line = f":{fault.line}" if fault.line else ""
    return f"{fault.file}{line}: {fault.what} ({fault.cure})"
