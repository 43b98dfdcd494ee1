"""Set up `.venv` and the system packages that are used. Called by the Makefile.

    python3 tools/prepare.py venv      create or refresh .venv (nothing to do: returns at once)
    python3 tools/prepare.py sandbox   install bubblewrap, or say that it is missing
    python3 tools/prepare.py system    the same for all that tests use: chromium, libatomic

Standard library only, and written so that an old Python can read it and say that it is too old.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST, NEWEST = (3, 11), (3, 13)  # requires-python of pyproject.toml; a test compares them
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, ".installed")
LOG = os.path.join(VENV, "install.log")
INPUTS = ("pyproject.toml", "constraints.txt", os.path.join("tools", "prepare.py"))
# command on the path, or library -> (Debian package, what happens without it)
SYSTEM = {
    "bwrap": ("bubblewrap", "nothing is graded in a sandbox, and its tests are skipped"),
    "chromium": ("chromium", "the tests that look at JupyterLab in a browser are skipped"),
    # of Playwright's Node.js; Debian's smallest installation lacks it
    "libatomic.so.1": ("libatomic1", "the same tests are skipped"),
}


def say(text):
    print(text, flush=True)


def fail(text):
    say(text)
    sys.exit(1)


def check_version():
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    others = [
        "python3.%d" % minor
        for minor in range(NEWEST[1], OLDEST[1] - 1, -1)
        if shutil.which("python3.%d" % minor)
    ]
    fail(
        "cnncourse needs Python %d.%d to %d.%d, and this is Python %d.%d (%s).\n"
        % (OLDEST + NEWEST + sys.version_info[:2] + (sys.executable,))
        + "Name another one, for example:  make PYTHON=%s demo" % (others or ["python3.12"])[0]
    )


def run(command, log, doing, environment=None):
    """Run quietly, show that time passes, append the output to the log. Returns the exit status."""
    start = time.time()
    live = sys.stdout.isatty()
    wait = 1 if live else 30
    with open(log, "ab") as out:
        out.write(("\n$ " + " ".join(command) + "\n").encode())
        out.flush()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        while True:
            try:
                status = process.wait(timeout=wait)
                break
            except subprocess.TimeoutExpired:
                seconds = time.time() - start
                if live:
                    print("\r  %s … %d s" % (doing, seconds), end="", flush=True)
                else:
                    say("  %s … %d s" % (doing, seconds))
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                say("\nStopped. The same command goes on from here.")
                sys.exit(130)
    if live:
        print("\r\033[K", end="")
    if status == 0:
        say("  %s: done in %d s" % (doing, time.time() - start))
    return status


def tail(path, lines=25):
    with open(path, "rb") as log:
        text = log.read().decode("utf-8", "replace")
    return "\n".join("  | " + line for line in text.splitlines()[-lines:])


def administrator():
    """What to put before a command to run it as root: [] or ["sudo", "-n"]; None if we may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if subprocess.call(["sudo", "-n", "true"], stdin=subprocess.DEVNULL, **quiet) == 0:
            return ["sudo", "-n"]
    return None


def apt_install(packages, log):
    """Install Debian packages without a question. Returns whether that worked."""
    before = administrator()
    if before is None or os.environ.get("SYSTEM_PACKAGES") == "no":
        return False
    # env after sudo, because sudo drops the environment
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    doing = "installing " + " ".join(packages)
    if run(install, log, doing) == 0:
        return True
    # A fresh machine has no package lists yet, or old ones.
    return run([*apt, "update"], log, "reading the list of packages") == 0 and (
        run(install, log, doing) == 0
    )


def fingerprint():
    """Changes when the installation should: other requirements, another Python, a moved folder."""
    digest = hashlib.sha256()
    digest.update(("%s %s %s" % (sys.version, sys.base_prefix, ROOT)).encode())
    for name in INPUTS:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_ready(wanted):
    try:
        with open(STAMP) as file:
            if file.read().strip() != wanted:
                return False
        return subprocess.call([VENV_PYTHON, "-c", ""], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def works(python):
    """Whether this is the Python of a usable environment, of the version we were asked for."""
    program = "import sys, pip; sys.exit(sys.version_info[:2] != %r)" % (sys.version_info[:2],)
    try:
        return subprocess.call([python, "-c", program], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def create():
    """Create .venv. Debian's Python lacks the piece that does it: then install that first."""
    if os.path.lexists(VENV):
        say("  .venv was made by another Python or is incomplete: making it anew.")
    command = [sys.executable, "-m", "venv", "--clear", VENV]
    log = os.path.join(ROOT, ".install.log")  # .venv, where the log stays, is not there yet
    if run(command, log, "creating .venv") != 0:
        packages = ["python%d.%d-venv" % sys.version_info[:2]]
        if not apt_install(packages, log) or run(command, log, "creating .venv") != 0:
            say(tail(log))
            fail(
                "Python could not create a virtual environment: the lines above say why.\n"
                "On Debian and Ubuntu this usually helps:  sudo apt-get install %s\n"
                "Then run the same command again." % packages[0]
            )
    os.replace(log, LOG)


def uv_environment():
    """Our environment, with the package index that pip is set up with, which uv does not read."""
    environment = dict(os.environ)
    if not any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        asked = subprocess.run(
            [VENV_PYTHON, "-m", "pip", "config", "get", "global.index-url"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        index = os.environ.get("PIP_INDEX_URL") or asked.stdout.decode().strip()
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return environment


def install():
    """Install the course and its tools into .venv: with uv, which is quick, or else with pip."""
    pip = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check"]
    what = ["--constraint", "constraints.txt", "--editable", ".[dev]"]
    doing = "installing the course (about 2 GB, once)"
    get_uv = [*pip, "install", "--constraint", "constraints.txt", "uv"]
    if run(get_uv, LOG, "installing uv") == 0:
        # Compiled here once, for everyone: TensorFlow then starts in half the time.
        uv = [VENV_PYTHON, "-m", "uv", "pip", "install", "--compile-bytecode"]
        uv += ["--build-constraints", "constraints.txt", "--python", VENV_PYTHON]
        if run(uv + what, LOG, doing, uv_environment()) == 0:
            return
        say("  uv could not do it: trying pip, which is slower.")
    if run([*pip, "install", *what], LOG, doing) != 0:
        say(tail(LOG))
        fail(
            "The course could not be installed: the lines above say why,\n"
            ".venv/install.log says it in full.\n"
            "It needs a package index once (a network, or pip set up with an index of your own)\n"
            "and about 3 GB of disk. Then run the same command again."
        )


def prepare_venv():
    check_version()
    wanted = fingerprint()
    if is_ready(wanted):
        return
    say("Setting up .venv with Python %d.%d" % sys.version_info[:2])
    if not works(VENV_PYTHON):
        create()
    install()
    with open(STAMP, "w") as file:
        file.write(wanted + "\n")


def is_there(name):
    if ".so" not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
        return True
    except OSError:
        return False


def prepare_system(wanted=tuple(SYSTEM)):
    missing = [name for name in wanted if not is_there(name)]
    if not missing:
        return
    packages = [SYSTEM[name][0] for name in missing]
    os.makedirs(VENV, exist_ok=True)
    if not apt_install(packages, LOG):
        say("  Not installed here: %s." % ", ".join(packages))
        for name in missing:
            say("    without %s, %s" % SYSTEM[name])
        say("  An administrator can add them:  sudo apt-get install " + " ".join(packages))


if __name__ == "__main__":
    {
        "venv": prepare_venv,
        "sandbox": lambda: prepare_system(("bwrap",)),
        "system": prepare_system,
    }[sys.argv[1]]()
