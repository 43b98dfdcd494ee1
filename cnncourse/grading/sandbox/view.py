"""What a sandbox shows: the system and the libraries, read-only, and of this package a half."""

import site
import sys
from pathlib import Path

import cnncourse
from cnncourse.grading.sandbox.limits import MB, Limits

INBOX, OUTBOX, WORK, HOME = "/inbox", "/outbox", "/tmp/work", "/tmp/home"

# What a student's code may import, room by room. Whatever is not named here is not there: the
# declarations, the grader, the lessons' solutions, and any room that is added later.
_ROOMS = ("ops", "network", "zoo", "data", "training", "figures", "widgets", "checking")
_EXERCISES = ("__init__.py", "check.py", "registry.py", "by_hand.py")
_BESIDE = ("solutions", "grading", "notebooks", "tests", "docs", "build", "dist", ".git")
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/opt/nvidia")
_SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/mime.types",
)
_DEVICES = ("null", "zero", "full", "random", "urandom")


def arguments(inbox: Path, limits: Limits, users: Path) -> list[str]:
    """bubblewrap's arguments. users: a file that stands for ``/etc/passwd``."""
    folders = [*library_folders(), Path(cnncourse.__file__).resolve().parent]
    # bubblewrap keeps the folders that it makes by itself to root alone.
    between = {parent for folder in folders for parent in folder.parents} | {Path("/etc")}
    between -= {Path("/")}
    # First of all, for a library that lies below it would vanish under it.
    made = _writable("/tmp", limits.disk)
    made += [word for path in sorted(between) for word in ("--perms", "0755", "--dir", str(path))]
    for path in _SYSTEM:
        made += _shown(Path(path))
    for path in _SETTINGS:
        made += ["--ro-bind-try", path, path]
    made += ["--ro-bind", str(users), "/etc/passwd"]
    for folder in folders[:-1]:
        made += ["--ro-bind", str(folder), str(folder)]
    made += _half_package()
    made += ["--proc", "/proc", "--remount-ro", "/proc", "--perms", "0755", "--dir", "/dev"]
    for name in _DEVICES:
        made += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    made += ["--symlink", "/proc/self/fd", "/dev/fd"]
    made += _writable("/dev/shm", 16 * MB)
    made += ["--perms", "0777", "--dir", WORK, "--perms", "0777", "--dir", HOME]
    made += ["--ro-bind", str(inbox), INBOX, *_writable(OUTBOX, limits.answers)]
    return [*made, "--remount-ro", "/", "--chdir", "/"]


def library_folders() -> list[Path]:
    """Where Python and its packages lie, the folders inside another left out."""
    wanted = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)}
    wanted |= {p for p in map(Path, sys.path) if p.name in ("site-packages", "dist-packages")}
    if site.ENABLE_USER_SITE:
        wanted.add(Path(site.getusersitepackages()))
    # As named and as found: a virtual environment names its Python through links.
    wanted |= {path.resolve() for path in wanted}
    folders = [p for p in sorted(wanted) if p.is_dir() and p != Path(p.anchor)]
    outer = [f for f in folders if not any(o in f.parents for o in folders)]
    return [f for f in outer if not any(f.is_relative_to(system) for system in _SYSTEM)]


def shows(path: Path) -> Path | None:
    """The folder through which a submission could read ``path``; None when it cannot."""
    package = Path(cnncourse.__file__).resolve().parent
    seen = [*map(Path, _SYSTEM), *library_folders(), *(package / room for room in _ROOMS)]
    wanted = path.resolve()
    return next((f for f in seen if f.exists() and wanted.is_relative_to(f.resolve())), None)


def _shown(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind-try", str(path), str(path)]


def _half_package() -> list[str]:
    package = Path(cnncourse.__file__).resolve().parent
    made = ["--perms", "0755", "--tmpfs", str(package), *_file(package / "__init__.py")]
    for room in _ROOMS:
        if (package / room).is_dir():
            made += ["--ro-bind", str(package / room), str(package / room)]
    made += ["--perms", "0755", "--dir", str(package / "exercises")]
    for name in _EXERCISES:
        made += _file(package / "exercises" / name)
    made += ["--remount-ro", str(package)]
    # A clone below one of the system's folders, such as /usr/src, would be seen through it.
    for folder in (package.parent / name for name in _BESIDE):
        if folder.is_dir() and shows(folder) is not None:
            made += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    return made


def _file(path: Path) -> list[str]:
    return ["--ro-bind", str(path), str(path)]


def _writable(path: str, size: int) -> list[str]:
    return ["--perms", "1777", "--size", str(size), "--tmpfs", path]
