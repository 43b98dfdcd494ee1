"""Objects that raise, lie or never end: they become plain values or `Other`, never an exception."""

import json

import numpy as np
import pytest

from cnncourse.checking import wire
from cnncourse.checking.collect import collect, from_plain
from cnncourse.checking.compare import compare
from cnncourse.checking.exercise import Case


class Hostile:
    """Every look at it fails."""

    __hash__ = None

    def __array__(self, *args, **kwargs):
        raise RuntimeError

    def __getattr__(self, name):
        raise RuntimeError

    def __eq__(self, other):
        return True

    __str__ = __repr__ = __len__ = __iter__ = __bool__ = __array__


class Liar(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__
    __abs__ = __int__ = __str__ = Hostile.__array__


class Row(list):
    __iter__ = __len__ = Hostile.__array__


class Sheet(np.ndarray):
    copy = __array_ufunc__ = __array_function__ = Hostile.__array__


class Nameless(type):
    @property
    def __name__(cls):
        raise RuntimeError


class Mute(Exception):
    def __str__(self):
        raise RuntimeError


def _inside_itself() -> list:
    value: list = []
    value += [value] * 10
    return value


@pytest.mark.parametrize(
    "value",
    [
        Hostile(),
        [Hostile()],
        Nameless("N", (), {})(),
        _inside_itself(),
        [0.0] * 10**6,
        np.broadcast_to(0.0, (10**6, 10**6)),
        10**5000,
        np.array([{}, 1]),
    ],
    ids=lambda value: "",
)
def test_whatever_is_returned_becomes_plain(value: object) -> None:
    (answer,) = collect(lambda: value, [Case()], "function")
    (alone,) = collect(value, [Case()], "value")
    for got in (answer.value, alone.value):
        assert compare(np.ones((2, 3)), got) is not None
        assert compare(3, got) is not None


def test_a_subclass_is_taken_for_the_plain_value_in_it() -> None:
    assert type(wire.plain(Liar(4))) is int and compare(3, wire.plain(Liar(4))) is not None
    assert wire.plain(Row([1, 2])) == [1, 2]
    assert type(wire.plain(np.zeros(2).view(Sheet))) is np.ndarray


def test_an_exception_that_cannot_be_shown_is_named() -> None:
    def mute() -> None:
        raise Mute

    def odd() -> None:
        raise ValueError("\ud800 \x1b[2J")

    assert collect(mute, [Case()], "function")[0].error == "Mute"
    assert collect(odd, [Case()], "function")[0].error == "ValueError: \ufffd \ufffd[2J"


def test_many_numpy_numbers_need_no_array_each(tmp_path) -> None:
    labels = [np.int64(7), np.float32(0.1), np.bool_(True), np.float16(2)] * 5000
    wire.write(tmp_path / "x.npz", labels)
    got = wire.read(tmp_path / "x.npz")
    assert got == labels and [type(n) for n in got] == [type(n) for n in labels]


def _forged(path, structure: object, **arrays: np.ndarray) -> None:
    text = np.frombuffer(json.dumps(structure).encode(), np.uint8)
    np.savez(path, structure=text, **arrays)


def test_a_small_file_cannot_stand_for_a_giant_value(tmp_path) -> None:
    path = tmp_path / "x.npz"
    _forged(path, {"list": [{"array": "a"}] * 2000}, a=np.zeros(2**20))
    with pytest.raises(wire.WireError):
        wire.read(path)
    _forged(path, {"list": [{"list": ["x" * 10**6]}] + [{"list": [""]}] * 1000})
    with pytest.raises(wire.WireError, match="too long"):
        wire.read(path)


def test_forged_texts_are_made_printable() -> None:
    item = {"state": "raised", "error": "E: \x1b[2J\ud800", "code": "\x07", "line": 1}
    (answer,) = from_plain([item])
    assert (answer.error, answer.code) == ("E: \ufffd[2J\ufffd", "\ufffd")


def test_a_large_whole_number_is_whole_also_as_a_float() -> None:
    assert compare(17_280_256, 17_280_256.0) is None
    assert compare(17_280_256, 17_280_255.0) is not None
