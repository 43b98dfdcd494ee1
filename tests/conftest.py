"""What every test shares: an environment that leaves the user's home alone, and honest skips."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent

# Set while this file is imported, that is before any test can import Jupyter, matplotlib or
# TensorFlow; kernels and subprocesses inherit it.
_HOME = Path(tempfile.mkdtemp(prefix="cnncourse-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _variable, _folder in {
    "JUPYTER_CONFIG_DIR": "jupyter/config",
    "JUPYTER_DATA_DIR": "jupyter/data",
    "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
    "JUPYTERLAB_SETTINGS_DIR": "jupyter/lab/user-settings",
    "JUPYTERLAB_WORKSPACES_DIR": "jupyter/lab/workspaces",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
    "KERAS_HOME": "keras",
}.items():
    _path = _HOME / _folder
    _path.mkdir(parents=True)
    os.environ[_variable] = str(_path)
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # as in the Makefile, for a plain `pytest`
os.environ.setdefault("CNNCOURSE_PROFILE", "quick")
# Nothing that only this machine has, nothing from the network, and a cache that is thrown away.
_GIVEN_DATA = os.environ.get("CNNCOURSE_DATA", "")
os.environ["CNNCOURSE_DATA"] = "shipped"
os.environ["CNNCOURSE_OFFLINE"] = "1"
os.environ.setdefault("CNNCOURSE_CACHE", str(_HOME / "cache"))

# The same examples on every machine, and no failure because a machine was busy.
settings.register_profile("cnncourse", deadline=None, derandomize=True, database=None)
settings.load_profile("cnncourse")

# marker -> the program its tests need, and the Debian package that has it
_PROGRAMS = {"browser": ("chromium", "chromium"), "sandbox": ("bwrap", "bubblewrap")}


def pytest_report_header() -> list[str]:
    found = [f"{name}: {shutil.which(name) or 'missing'}" for name, _ in _PROGRAMS.values()]
    return [f"system: {', '.join(found)}; {os.cpu_count()} cores"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for marker, (program, package) in _PROGRAMS.items():
        if shutil.which(program):
            continue
        skip = pytest.mark.skip(reason=f"needs {program}: sudo apt-get install {package}")
        for item in items:
            if marker in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real photographs and VGG16's weights, where there is one."""
    for folder in (Path(_GIVEN_DATA), ROOT.parent / "shared" / "data"):
        if (folder / "cats_dogs" / "cat").is_dir():
            return folder
    pytest.skip("no photographs here: set CNNCOURSE_DATA to a folder with cats_dogs/cat and dog")
