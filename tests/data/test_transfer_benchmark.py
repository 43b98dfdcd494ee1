"""benchmarks/transfer.py: what it keeps, what it says. (What it measures takes an hour.)"""

import importlib.util
import json

import pytest
from click.testing import CliRunner


@pytest.fixture
def transfer(root, monkeypatch):
    spec = importlib.util.spec_from_file_location("transfer", root / "benchmarks" / "transfer.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "transfer", module)
    spec.loader.exec_module(module)
    return module


def result(learned, held, epoch=3):
    return {
        "training_accuracy": learned,
        "accuracy": held,
        "training_loss": 0.1,
        "loss": 0.5,
        "lowest_loss_epoch": epoch,
        "epochs": 30,
        "learned_from": 1000,
        "measured_on": 200,
        "parameters": 3_453_121,
    }


@pytest.fixture
def ran(transfer, monkeypatch):
    """Every approach answers at once; the list says what was run."""
    ran = []

    def approach(name, learned, held):
        def measure(self, seed):
            ran.append((self.recipe.source, name, seed))
            return result(learned, held + seed / 100)

        monkeypatch.setattr(transfer.Bench, "_" + name.replace("-", "_"), measure)

    for place, name in enumerate(transfer.APPROACHES):
        approach(name, 0.99 - place / 50, 0.7 + place / 20)
    monkeypatch.setattr(
        transfer.Bench,
        "_extraction",
        lambda self, layer: {"seconds": 60.0, "processor_seconds": 90.0},
    )
    return ran


def run(transfer, work, *arguments):
    done = CliRunner().invoke(transfer.main, ["--work", str(work), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_run_is_kept_and_not_run_again(transfer, ran, tmp_path):
    run(transfer, tmp_path, "--source", "drawn", "--approach", "scratch", "--seeds", "2")
    assert ran == [("drawn", "scratch", 0), ("drawn", "scratch", 1)]
    run(transfer, tmp_path, "--source", "drawn", "--approach", "scratch")
    assert ran[2:] == [("drawn", "scratch", 2)]
    run(transfer, tmp_path, "--source", "drawn", "--approach", "scratch", "--epochs", "3")
    assert len(ran) == 6, "another recipe is another run"


def test_stopped_it_goes_on(transfer, ran, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:

        def stop(self, seed):
            raise KeyboardInterrupt

        patched.setattr(transfer.Bench, "_dropout", stop)
        done = CliRunner().invoke(transfer.main, ["--work", str(tmp_path), "--seeds", "1"])
    assert done.exit_code == 1
    assert "run the same command again to go on" in done.output
    before = len(ran)
    run(transfer, tmp_path, "--seeds", "1")
    assert len(ran) == before + 2 * len(transfer.APPROACHES) - 1


def test_report_as_data(transfer, ran, tmp_path):
    report = json.loads(run(transfer, tmp_path, "--json"))
    found = report["sources"]["photographs"]["scratch"]
    assert found["seeds"] == 3
    assert found["accuracy"] == pytest.approx(0.71)
    assert found["spread"] == pytest.approx(0.01)
    assert found["gap"] == pytest.approx(0.28)
    assert report["sources"]["drawn"]["features"]["extraction_seconds"] == 60
    assert report["machines"][0]["cores"] >= 1


def test_page(transfer, ran, tmp_path):
    run(transfer, tmp_path, "--approach", "scratch", "--approach", "dropout")
    ran.clear()
    page = run(transfer, tmp_path, "--markdown", "--stored")
    assert ran == []
    assert "| from scratch | 71.0% ± 1.0 | 99.0% | 28.0 ± 1.0 | 3 of 30 | 3,453,121 |" in page
    assert "28.0 → 21.0 points; smaller with 3 of 3 seeds" in page
    assert page.count("Not run yet: ") == 2
    assert "| not run yet | not run yet |" in page
    assert not any(line.endswith(" ") for line in page.splitlines())


def test_the_deal_is_balanced_and_follows_the_seed(transfer, tmp_path):
    import numpy as np

    bench = transfer.Bench(transfer.quick(transfer.RECIPES["drawn"]), transfer.Runs(tmp_path))
    bench._pools[bench.recipe.size] = type("", (), {"y_train": np.tile([0, 1], 40)})()
    (learn, held), (other, _) = bench._deal(0), bench._deal(1)
    assert (len(learn), len(held)) == (60, 20)
    assert sorted([*learn, *held]) == list(range(80))
    assert bench.pool.y_train[learn].sum() == 30
    assert not np.array_equal(learn, other)
