"""The bundled digits are the published ones, and damage is reported in words."""

import subprocess
import sys
import zipfile

import numpy as np
import pytest

from cnncourse.data import DamagedDataError, as_inputs, load_mnist


def test_the_training_set_is_the_published_one():
    data = load_mnist()
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(data.y_train).tolist() == counts
    assert data.x_train.shape == (60_000, 28, 28)
    assert data.x_train.dtype == np.uint8
    assert data.x_train.mean() == pytest.approx(33.318, abs=5e-4)
    assert data.x_train.std() == pytest.approx(78.567, abs=1e-3)


def test_the_test_set_is_the_published_one():
    data = load_mnist()
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(data.y_test).tolist() == counts
    assert data.x_test.shape == (10_000, 28, 28)
    assert data.y_test[:5].tolist() == [7, 2, 1, 0, 4]


def test_arrays_are_shared_and_read_only():
    assert load_mnist().x_test is load_mnist().x_test
    with pytest.raises(ValueError, match="read-only"):
        load_mnist().x_test[0] = 0


def test_it_says_what_it_is_and_whose():
    assert repr(load_mnist()) == (
        "MNIST: 60000 training and 10000 test digits, 28×28 uint8, labels 0 to 9"
    )
    assert "CC BY-SA 3.0" in load_mnist().source
    with pytest.raises(AttributeError):
        load_mnist().source = "mine"


def test_a_missing_file(tmp_path):
    with pytest.raises(DamagedDataError, match=r"not there.*git checkout"):
        load_mnist(tmp_path / "mnist.npz")


def test_a_file_that_is_no_archive(tmp_path):
    file = tmp_path / "mnist.npz"
    file.write_text("version https://git-lfs.github.com/spec/v1")
    with pytest.raises(DamagedDataError, match="is damaged"):
        load_mnist(file)


def test_an_archive_without_labels(tmp_path):
    file = tmp_path / "mnist.npz"
    np.savez(file, x_train=np.zeros(1), x_test=np.zeros(1))
    with pytest.raises(DamagedDataError, match="lacks y_test, y_train"):
        load_mnist(file)


def test_arrays_of_another_shape(tmp_path):
    file = tmp_path / "mnist.npz"
    names = ("x_train", "y_train", "x_test", "y_test")
    np.savez(file, **{name: np.zeros((2, 28, 28), np.uint8) for name in names})
    with pytest.raises(DamagedDataError, match=r"x_test has shape \(2, 28, 28\)"):
        _ = load_mnist(file).x_test


def test_a_flipped_byte_is_noticed(tmp_path):
    good = load_mnist().path.read_bytes()
    with zipfile.ZipFile(load_mnist().path) as archive:
        start = archive.getinfo("x_test.npy").header_offset
    bad = bytearray(good)
    bad[start + 5000] ^= 0xFF
    file = tmp_path / "mnist.npz"
    file.write_bytes(bad)
    with pytest.raises(DamagedDataError, match="x_test cannot be read"):
        _ = load_mnist(file).x_test


def test_loading_needs_numpy_only():
    code = (
        "import sys; from cnncourse.data import load_mnist; load_mnist(); "
        "print([m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_inputs_run_from_paper_to_ink():
    inputs = as_inputs(load_mnist().x_test[:3])
    assert inputs.shape == (3, 28, 28, 1)
    assert inputs.dtype == np.float32
    assert (inputs.min(), inputs.max()) == (0, 1)
    assert np.array_equal((inputs[..., 0] * 255).round(), load_mnist().x_test[:3])


@pytest.mark.parametrize("images", [np.zeros((28, 28), np.uint8), np.zeros((2, 28, 28))])
def test_inputs_from_other_arrays_are_refused(images):
    with pytest.raises(ValueError, match="as_inputs needs images"):
        as_inputs(images)
