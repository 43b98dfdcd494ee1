"""What crosses between processes: plain values whole, everything else refused."""

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnncourse.checking import wire
from cnncourse.checking.collect import from_plain
from cnncourse.checking.compare import compare

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | arrays(np.float32, array_shapes(max_dims=3, max_side=3), elements=st.floats(-9, 9, width=32)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


def same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


@given(PLAIN)
def test_plain_values_come_back_as_they_were(tmp_path_factory, value: object) -> None:
    path = tmp_path_factory.mktemp("wire") / "x.npz"
    wire.write(path, value)
    assert same(value, wire.read(path))


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.0, 10**30, np.float32(1.5), np.array(2)])
def test_odd_numbers(tmp_path: Path, value: object) -> None:
    wire.write(tmp_path / "x.npz", value)
    got = wire.read(tmp_path / "x.npz")
    assert type(got) is type(value) and compare(value, got) is None


@pytest.mark.parametrize("value", [object(), np.array([{}]), lambda: 1, {1: 2}, {1, 2}, b"x"])
def test_what_is_not_plain_travels_by_its_name(tmp_path: Path, value: object) -> None:
    wire.write(tmp_path / "x.npz", [value, 1])
    got = wire.read(tmp_path / "x.npz")
    assert isinstance(got[0], wire.Other) and got[1] == 1


def test_a_value_inside_itself(tmp_path: Path) -> None:
    loop: list = []
    loop.append(loop)
    wire.write(tmp_path / "x.npz", loop)
    assert isinstance(wire.read(tmp_path / "x.npz"), list)


def _npz(path: Path, entries: dict[str, bytes], compress: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compress) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def _npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def _structure(text: str) -> bytes:
    return _npy(np.frombuffer(text.encode(), dtype=np.uint8))


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple:
            return (os.mkdir, (str(tmp_path / "exploded"),))

    bomb = _npy(np.array([Bomb()], dtype=object), allow_pickle=True)
    path = _npz(
        tmp_path / "x.npz", {"structure.npy": _structure('{"array": "a0"}'), "a0.npy": bomb}
    )
    with pytest.raises(wire.WireError):
        wire.read(path)
    (tmp_path / "y.npz").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(wire.WireError):
        wire.read(tmp_path / "y.npz")
    assert not (tmp_path / "exploded").exists()


def test_a_giant_claim_is_not_believed(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**7, 10**7)}
    )
    path = _npz(
        tmp_path / "x.npz",
        {"structure.npy": _structure('{"array": "a0"}'), "a0.npy": header.getvalue() + b"0" * 80},
    )
    with pytest.raises(wire.WireError, match="claims"):
        wire.read(path)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    zeros = _npy(np.zeros(200_000_000, dtype=np.uint8))
    path = _npz(
        tmp_path / "x.npz",
        {"structure.npy": _structure('{"array": "a0"}'), "a0.npy": zeros},
        zipfile.ZIP_DEFLATED,
    )
    assert path.stat().st_size < 10**6
    with pytest.raises(wire.WireError, match="exceed"):
        wire.read(path)


def test_links_pipes_and_directories_are_refused(tmp_path: Path) -> None:
    wire.write(tmp_path / "real.npz", 1)
    (tmp_path / "link.npz").symlink_to(tmp_path / "real.npz")
    os.mkfifo(tmp_path / "pipe.npz")
    (tmp_path / "folder.npz").mkdir()
    for name in ("link.npz", "pipe.npz", "folder.npz"):
        with pytest.raises(wire.WireError):
            wire.read(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        wire.read(tmp_path / "absent.npz")


@pytest.mark.parametrize(
    "structure",
    [
        "",
        "{",
        "[1]",
        "5",
        '{"array": "missing"}',
        '{"int": "x"}',
        '{"float": "1"}' * 2,
        '{"code": "x"}',
        '{"int": "' + "9" * 5000 + '"}',
        '{"list": [' * 500 + "null" + "]}" * 500,
        "[" * 100_000,
    ],
)
def test_broken_structures_are_refused(tmp_path: Path, structure: str) -> None:
    path = _npz(tmp_path / "x.npz", {"structure.npy": _structure(structure)})
    with pytest.raises(wire.WireError):
        wire.read(path)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_nothing_else_happens(tmp_path_factory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("wire") / "x.npz"
    path.write_bytes(data)
    with pytest.raises(wire.WireError):
        wire.read(path)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    wire.write(tmp_path / "x.npz", np.zeros(10_000))
    with pytest.raises(wire.WireError, match="bytes"):
        wire.read(tmp_path / "x.npz", wire.Limits(total_bytes=1000))


@pytest.mark.parametrize(
    "data",
    [None, 3, [3], [{}], [{"state": "passed"}], [{"state": "returned", "error": 1, "code": ""}]],
)
def test_what_is_not_a_list_of_answers_is_refused(data: object) -> None:
    with pytest.raises(wire.WireError):
        from_plain(data)
