"""A zip from elsewhere gives its pictures and can do nothing else."""

import stat
import zipfile

import pytest
from small_pictures import animals, jpeg, pack

from cnncourse.data import DataError
from cnncourse.data.unpack import unpack_pictures

ROOM = {"largest": 10_000_000, "most": 1000}


def hostile(tmp_path, name, data=b"x", mode=0):
    """A zip with good pictures and one entry more."""
    file = pack(tmp_path / "all.zip", animals(count=2))
    with zipfile.ZipFile(file, "a") as archive:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename, entry.external_attr = name, mode << 16
        archive.writestr(entry, data)
    return file


def test_pictures_and_nothing_else(tmp_path):
    file = pack(
        tmp_path / "all.zip", animals(count=2) | {"run.py": b"print(1)", "cat/list.txt": b"x"}
    )
    assert unpack_pictures(file, tmp_path / "out", **ROOM) == 4
    written = sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert written == ["0.jpg", "0.jpg", "1.jpg", "1.jpg"]
    assert (tmp_path / "out" / "dog" / "1.jpg").read_bytes() == jpeg(101)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/cat.jpg",
        "../cat.jpg",
        "cat/../../out.jpg",
        "C:/cat.jpg",
        "C:cat.jpg",
        "\\\\server\\share\\cat.jpg",
        "cat\\..\\..\\x.jpg",
        "../run.py",
    ],
)
def test_names_that_lead_elsewhere(tmp_path, name):
    file = hostile(tmp_path, name)
    with pytest.raises(DataError, match=r"not unpacked.*leads out of its folder.*again"):
        unpack_pictures(file, tmp_path / "deep" / "out", **ROOM)
    assert [path.name for path in tmp_path.iterdir()] == ["all.zip"], "nothing was written"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices(tmp_path, kind):
    file = hostile(tmp_path, "cat/link.jpg", b"/etc/passwd", kind | 0o644)
    with pytest.raises(DataError, match="is a link or a device"):
        unpack_pictures(file, tmp_path / "out", **ROOM)
    assert not (tmp_path / "out").exists()


def test_two_files_of_one_name(tmp_path):
    with pytest.raises(DataError, match="two files of one name"):
        unpack_pictures(hostile(tmp_path, "CAT/0.jpg"), tmp_path / "out", **ROOM)


def test_a_bomb(tmp_path):
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cat/0.jpg", bytes(20_000_000))
    assert file.stat().st_size < 30_000
    with pytest.raises(DataError, match="more than 1000 files or 10 MB"):
        unpack_pictures(file, tmp_path / "out", **ROOM)
    with pytest.raises(DataError, match="more than 3 files"):
        unpack_pictures(pack(file, animals(count=2)), tmp_path / "out", largest=10**7, most=3)
    assert not (tmp_path / "out").exists()


def test_a_bomb_that_lies_about_its_size(tmp_path):
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cat/0.jpg", bytes(20_000_000))
    data = bytearray(file.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    for place in (central + 24, 22):  # the uncompressed size, in both headers
        data[place : place + 4] = (5000).to_bytes(4, "little")
    file.write_bytes(data)
    with pytest.raises(DataError, match="damaged or cut short"):
        unpack_pictures(file, tmp_path / "out", **ROOM)
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in written) <= 5000


def test_cut_short(tmp_path):
    file = pack(tmp_path / "all.zip", animals(count=2))
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(DataError, match=r"damaged or cut short.*download it anew"):
        unpack_pictures(file, tmp_path / "out", **ROOM)


def test_a_flipped_byte(tmp_path):
    file = pack(tmp_path / "all.zip", animals(count=2))
    data = bytearray(file.read_bytes())
    data[data.index(jpeg(1)) + 100] ^= 1
    file.write_bytes(data)
    with pytest.raises(DataError, match="damaged or cut short"):
        unpack_pictures(file, tmp_path / "out", **ROOM)
