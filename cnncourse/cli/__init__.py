"""The ``cnncourse`` command: each subcommand is a module of its own, imported when it is called."""

import importlib

import click

import cnncourse

_COMMANDS = {
    "build": "cnncourse.cli.build",
    "check": "cnncourse.cli.check",
    "cost": "cnncourse.cli.cost",
    "data": "cnncourse.cli.data",
    "export": "cnncourse.cli.export",
    "feedback": "cnncourse.cli.feedback",
    "grade": "cnncourse.cli.grade",
    "lab": "cnncourse.cli.lab",
    "papers": "cnncourse.cli.papers",
    "receptive-field": "cnncourse.cli.receptive_field",
    "report": "cnncourse.cli.report",
}


class _Lazy(click.Group):
    """A command group that imports a subcommand's module only when that subcommand is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[name]).command
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(cnncourse.__version__, prog_name="cnncourse")
def main() -> None:
    """Take, build and grade the course on convolutional networks."""
