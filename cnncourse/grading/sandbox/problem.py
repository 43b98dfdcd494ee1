"""Whether a sandbox can be made here, and what to do if not."""

import shutil
import sys
import tempfile
from pathlib import Path

_CONTAINER = (
    "Grade in the container that docs/sandbox.md describes, or, only where you trust every "
    "submission, add --unsafe: each grade is then marked as not isolated."
)
_ADVICE = (
    "Install it (Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap). "
    f"{_CONTAINER}"
)


def problem(course: Path | None = None) -> str:
    """Why submissions cannot be sandboxed here, with a way out; "" when they can.

    Makes a sandbox to find out. course: a folder that must not be seen from inside.
    """
    if sys.platform != "linux":
        return f"Submissions run in a sandbox, which needs Linux. {_CONTAINER}"
    if shutil.which("bwrap") is None:
        return f"Submissions run in a sandbox, which needs bubblewrap (bwrap). {_ADVICE}"
    from cnncourse.grading.sandbox import view
    from cnncourse.grading.sandbox.bwrap import Bubblewrap, SandboxError
    from cnncourse.grading.sandbox.limits import NUMPY

    if course is not None and (folder := view.shows(course)) is not None:
        return (
            f"The course folder {course} lies in {folder}, which submissions can read, as Python's "
            "libraries are there. Move it elsewhere."
        )
    with tempfile.TemporaryDirectory(prefix="cnn-") as place:
        inbox = Path(place) / "inbox"
        inbox.mkdir()
        try:
            with Bubblewrap(inbox, NUMPY):
                return ""
        except SandboxError as error:
            return (
                f"No sandbox can be made on this machine. {error} It needs bubblewrap 0.8 or newer "
                f"and user namespaces, which containers and some systems switch off. {_ADVICE}"
            )
