"""``cnncourse data``: list, fetch, check and remove data sets."""

import json

import click


@click.group(name="data")
def command() -> None:
    """List, fetch, check and remove the pictures that the lessons use.

    Nothing needs to be fetched: without photographs, cats and dogs are drawn by program.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def list_command(as_json: bool) -> None:
    """What there is, how large it is, and where."""
    from cnncourse.data import DataError, cache_folder, inventory

    try:
        found = inventory.items()
    except DataError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        report = {"cache": str(cache_folder()), "items": [item.as_data() for item in found]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for item in found:
        size = _size(item.size) if item.size else ""
        click.echo(f"{item.name:<16}{size:>9}   {item.what}")
        if not item.here:
            click.echo(f"{'':<28}not here; to download it: cnncourse data fetch {item.name}")
        elif item.where:
            click.echo(f"{'':<28}{item.where}")
    click.echo(f"The course keeps its own copies in {cache_folder()}.")


@command.command()
@click.argument("name", metavar="NAME")
def fetch(name: str) -> None:
    """Download data set NAME (cats-dogs), check it and keep it.

    Stopped, or cut off by the network, it goes on where it was when called again.
    """
    from cnncourse.data import DataError, fetched

    try:
        if (record := fetched.fetched_record(fetched.remote(name).name)) is not None:
            click.echo(f"It is here already, fetched {record.get('fetched', 'before')}.")
            return
        wanted = fetched.remote(name)
        click.echo(f"{wanted.origin}: {_size(wanted.length)} from {wanted.url}")
        record = fetched.fetch(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except DataError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt as error:
        click.echo(f"\n{error}", err=True)
        raise click.exceptions.Exit(130) from None
    counts = " and ".join(f"{count} {kind}s" for kind, count in record["pictures"].items())
    bad = record["unreadable"]
    click.echo(
        f"Fetched and checked: {counts}{f', {bad} of them unreadable' if bad else ''}. "
        f"SHA-256 of the download: {record['sha256']}"
    )
    click.echo(f"It is in {fetched.fetched_pictures(name)}.")
    click.echo("Next:  load_cats_dogs() in a lesson now gives photographs.")


@command.command()
def check() -> None:
    """Read everything that is here once, and say what is damaged."""
    from cnncourse.data import inventory

    wrong = 0
    for name, problem in inventory.check():
        click.echo(f"{name:<30} {problem or 'sound'}")
        wrong += bool(problem)
    if wrong:
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("name", metavar="NAME")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove the course's own copy of NAME: cats-dogs, pictures or features.

    Folders and zips of yours are never touched; what the course made, it makes again when needed.
    """
    from cnncourse.data import cache_folder, inventory

    try:
        if not inventory.removable(name):
            click.echo(f"There is no copy of {name} in {cache_folder()}.")
            return
        if not yes:
            click.confirm(f"Remove the copy of {name} in {cache_folder()}?", abort=True)
        freed = inventory.remove(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"It could not all be removed: {error}. Close notebooks that use it, and try again."
        ) from error
    click.echo(f"Removed; {_size(freed)} are free again.")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
