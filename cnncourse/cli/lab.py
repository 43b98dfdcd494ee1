"""``cnncourse lab``: the lessons copied into the current folder, and JupyterLab opened on them."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import click

import cnncourse

_PACKAGE = Path(cnncourse.__file__).parent
_LESSONS = "[0-9][0-9]_*.ipynb"
_RECORD = ".cnncourse-lessons.json"  # what we copied here: {lesson's file: SHA-256}


@dataclass
class Copies:
    """What happened to each lesson's file, by name."""

    copied: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)  # untouched copies of an older release
    kept: list[str] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)  # kept, and the lesson has changed since


def lessons_folder(package: Path = _PACKAGE) -> Path:
    """Where the student versions are: in a clone ``notebooks/``, else inside the installed package.

    Raises FileNotFoundError when neither holds a lesson.
    """
    clone = package.parent
    places = [package / "_lessons"]
    if (clone / "pyproject.toml").is_file():
        places.insert(0, clone / "notebooks")
    for place in places:
        if any(place.glob(_LESSONS)):
            return place
    raise FileNotFoundError(
        f"No lessons were found in {' or '.join(map(str, places))}. "
        "In a clone, build them with `cnncourse build`; otherwise install cnncourse again."
    )


def copy_lessons(source: Path, folder: Path) -> Copies:
    """Copy the lessons from ``source`` into ``folder``; never overwrite a student's work.

    A lesson that is there already is replaced only when it is, byte for byte, the copy that an
    older release put there. Raises OSError when the folder cannot be read or written.
    """
    copies = Copies()
    record = _read_record(folder / _RECORD)
    for lesson in sorted(source.glob(_LESSONS)):
        name, target = lesson.name, folder / lesson.name
        release = lesson.read_bytes()
        digest = _digest(release)
        if os.path.lexists(target):
            handed_out = record.get(name)
            if digest == handed_out or handed_out is None:
                copies.kept.append(name)
                continue
            if not target.is_file() or _digest(target.read_bytes()) != handed_out:
                copies.kept.append(name)
                copies.newer.append(name)
                continue
            copies.refreshed.append(name)
            _replace(target, release)
        else:
            copies.copied.append(name)
            _replace(target, release)
        record[name] = digest
    if copies.copied or copies.refreshed:
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        _replace(folder / _RECORD, text.encode())
    return copies


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_record(path: Path) -> dict[str, str]:
    """The record, or an empty one if it is missing or damaged: then every file there is kept."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(data)
    draft.replace(path)


def _report(copies: Copies) -> None:
    def line(what: str, names: list[str]) -> None:
        if names:
            click.echo(f"{what:<10}{', '.join(names)}")

    line("Copied", copies.copied)
    line("Refreshed", copies.refreshed)
    line("Kept", copies.kept)
    for name in copies.newer:
        click.echo(
            f"{name} has changed since you got it. Your copy was kept as it is; "
            "to get the new one too, rename yours and run this command again."
        )


def _open_jupyterlab(folder: Path, *, browser: bool, port: int | None) -> None:
    """Run JupyterLab on this machine alone until the user stops it."""
    from jupyterlab.labapp import main

    # Kernels inherit these; a TensorFlow start without pages of log on the notebook.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = [
        "--log-level=ERROR",  # the address is still printed
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1",
        # No question about news on the first start, and no request for them: it works offline.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    if not browser:
        options.append("--ServerApp.open_browser=False")
    if port is not None:
        options.append(f"--ServerApp.port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--ServerApp.allow_root=True")  # the only user of many a container
    main(options)


@click.command("lab")
@click.option("--copy-only", is_flag=True, help="Copy the lessons and stop.")
@click.option(
    "--no-browser", is_flag=True, help="Start JupyterLab, print its address, open no browser."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The port to listen on (default: 8888)."
)
def command(copy_only: bool, no_browser: bool, port: int | None) -> None:
    """Copy the lessons into the current folder and open them in JupyterLab.

    What is there already is never overwritten, so it can be run again and again. JupyterLab
    listens on this machine only.
    """
    folder = Path.cwd()
    try:
        source = lessons_folder()
        if source.resolve() == folder.resolve():
            raise click.ClickException(
                "This folder holds the course's own lessons; what you write here would be lost at "
                "the next build. Make a folder of your own and run `cnncourse lab` there."
            )
        copies = copy_lessons(source, folder)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"The lessons could not be copied into {folder}: {error.strerror or error}. "
            "Change to a folder of your own that you may write in, and run `cnncourse lab` there."
        ) from error
    _report(copies)
    if copy_only:
        click.echo("Next:  cnncourse lab")
        return
    click.echo("Opening JupyterLab. To stop it, press Ctrl+C twice here.")
    _open_jupyterlab(folder, browser=not no_browser, port=port)
