"""Photographs and drawings become the same kind of data, once, whole or not at all."""

import errno
import hashlib
import itertools
import subprocess
import sys

import numpy as np
import pytest
from small_pictures import animals, jpeg, pack, write

from cnncourse.data import DataError, cats_dogs, kept, load_cats_dogs
from cnncourse.data.decoding import decoded

PARTS = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("CNNCOURSE_CACHE", str(folder))
    monkeypatch.setenv("CNNCOURSE_DATA", "")
    return folder


@pytest.fixture
def photographs(tmp_path):
    return write(tmp_path / "photographs", animals("train/{kind}.{number}.jpg", 8))


def images(data):
    return np.concatenate([getattr(data, f"x_{part}") for part in PARTS])


def marks(array):
    return [hashlib.sha256(image.tobytes()).hexdigest() for image in array]


def test_shapes_balance_and_order(photographs):
    data = load_cats_dogs(photographs, size=16, per_class=8)
    assert (data.source, data.caption, data.names) == ("photographs", "photographs", ("cat", "dog"))
    for part, each in zip(PARTS, (4, 2, 2), strict=True):
        x, y = getattr(data, f"x_{part}"), getattr(data, f"y_{part}")
        assert x.shape == (2 * each, 16, 16, 3)
        assert x.dtype == y.dtype == np.uint8
        assert np.bincount(y).tolist() == [each, each]
    assert isinstance(data.x_train, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        data.x_train[0] = 0
    assert len(set(data.y_train[:4].tolist())) == 2 or len(set(data.y_train[4:].tolist())) == 2


def test_labels_belong_to_their_pictures(photographs):
    def read(name):
        return (photographs / "train" / name).read_bytes()

    truth = {}
    for place, kind in enumerate(("cat", "dog")):
        names = [f"{kind}.{number}.jpg" for number in range(8)]
        for _, picture in decoded(read, names, 16):
            truth[marks([picture])[0]] = place
    data = load_cats_dogs(photographs, size=16)
    for part in PARTS:
        pairs = zip(marks(getattr(data, f"x_{part}")), getattr(data, f"y_{part}"), strict=True)
        assert all(truth[mark] == y for mark, y in pairs)


def test_the_same_seed_gives_the_same_bytes_and_another_another_split(photographs):
    first = load_cats_dogs(photographs, size=16, seed=1)
    again = load_cats_dogs(photographs, size=16, seed=1)
    other = load_cats_dogs(photographs, size=16, seed=2)
    assert np.array_equal(images(first), images(again))
    assert set(marks(first.x_train)) != set(marks(other.x_train))
    assert set(marks(images(first))) == set(marks(images(other)))


def test_it_is_decoded_once(photographs, monkeypatch):
    load_cats_dogs(photographs, size=16)
    monkeypatch.setattr(cats_dogs, "decoded", None)
    assert len(load_cats_dogs(photographs, size=16).x_train) == 8


def test_a_zip_gives_the_same_as_its_folder(photographs, tmp_path):
    packed = pack(tmp_path / "all.zip", animals("train/{kind}.{number}.jpg", 8))
    first, second = (load_cats_dogs(place, size=16) for place in (photographs, packed))
    assert np.array_equal(images(first), images(second))


def test_no_picture_is_in_two_parts(tmp_path):
    # The same files under other names, and one file in both classes.
    files = animals(count=8) | {f"cat/copy{number}.jpg": jpeg(number) for number in range(8)}
    files["dog/cat3.jpg"] = jpeg(3)
    data = load_cats_dogs(write(tmp_path / "all", files), size=16)
    parts = [set(marks(getattr(data, f"x_{part}"))) for part in PARTS]
    assert all(not one & other for one, other in itertools.combinations(parts, 2))
    assert sum(map(len, parts)) == 16
    assert data.skipped == {"the same picture as another": 9}


def test_what_cannot_be_decoded_is_counted_by_reason(tmp_path):
    files = animals(count=6) | {
        "cat/empty.jpg": b"",
        "cat/page.jpg": b"<html>not found</html>",
        "dog/cut.jpg": jpeg(50, (200, 200))[:900],
        "dog/tiny.jpg": jpeg(51, (31, 80)),
        "dog/tiny2.png": jpeg(52, (1, 1), "PNG"),
        "test1/1.jpg": jpeg(53),
    }
    data = load_cats_dogs(write(tmp_path / "all", files), size=16, split=(0.5, 0.5, 0))
    assert data.skipped == {
        "neither cat nor dog by name": 1,
        "empty file": 1,
        "not an image": 1,
        "cut short or damaged": 1,
        "smaller than 32 pixels": 2,
    }
    assert data.found == {"cat": 8, "dog": 9}
    for text in (repr(data), data._repr_html_()):
        assert "1000 of each were asked for; there are 6." in text
        assert "2 smaller than 32 pixels" in text
    assert len(data.x_test) == 0


def test_the_report_says_which_source_it_is(photographs):
    data = load_cats_dogs(photographs, size=16, per_class=8)
    assert repr(data) == (
        "Cats and dogs: photographs, 16×16 pixels, from photographs\n"
        "train           8 = 4 cats + 4 dogs\n"
        "validation      4 = 2 cats + 2 dogs\n"
        "test            4 = 2 cats + 2 dogs"
    )
    assert "<b>Cats and dogs: photographs</b>" in data._repr_html_()


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "LA", "I;16"])
def test_every_kind_of_picture_becomes_rgb(tmp_path, mode):
    from PIL import Image

    files = animals(count=2)
    folder = write(tmp_path / "all", files)
    ending = "jpg" if mode == "CMYK" else "png"
    Image.new("L", (40, 60), 128).convert(mode).save(folder / "cat" / f"odd.{ending}")
    data = load_cats_dogs(folder, size=16, split=(1, 0, 0))
    assert data.found == {"cat": 3, "dog": 2}
    assert data.skipped == {}


def test_the_middle_square_is_kept_and_turned_upright(tmp_path):
    from PIL import Image

    wide = np.zeros((40, 120, 3), np.uint8)
    wide[:20, 40:80] = 255  # white above black in the middle, black at the sides
    folder = tmp_path / "all"
    for kind in ("cat", "dog"):
        (folder / kind).mkdir(parents=True)
    Image.fromarray(wide).save(folder / "cat" / "wide.png")
    exif = Image.Exif()
    exif[0x0112] = 3  # taken upside down
    Image.fromarray(wide).save(folder / "dog" / "turned.png", exif=exif)
    data = load_cats_dogs(folder, size=20, split=(1, 0, 0))
    cat, dog = (data.x_train[data.y_train == kind][0] for kind in (0, 1))
    assert cat[:8].min() > 200
    assert cat[12:].max() < 50
    assert dog[:8].max() < 50
    assert dog[12:].min() > 200


def test_a_picture_with_far_too_many_pixels_is_not_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr("cnncourse.data.decoding.LARGEST", 1_000_000)
    files = animals(count=3) | {"cat/huge.jpg": jpeg(9, (1200, 1000))}
    data = load_cats_dogs(write(tmp_path / "all", files), size=16, split=(1, 0, 0))
    assert data.skipped == {"larger than 1 megapixels": 1}


def test_a_file_that_cannot_be_read_is_skipped(tmp_path):
    folder = write(tmp_path / "all", animals(count=3))
    (folder / "cat" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    data = load_cats_dogs(folder, size=16, split=(1, 0, 0))
    assert data.skipped == {"could not be read": 1}


def test_a_damaged_file_in_a_zip_is_skipped(tmp_path):
    files = animals(count=4)
    file = pack(tmp_path / "all.zip", files)
    data = bytearray(file.read_bytes())
    data[data.index(files["cat/2.jpg"]) + 40] ^= 0xFF
    file.write_bytes(data)
    loaded = load_cats_dogs(file, size=16, split=(1, 0, 0))
    assert loaded.skipped == {"could not be read": 1}
    assert len(loaded.x_train) == 6


def test_one_class_unusable(tmp_path):
    files = animals(count=3)
    files |= {name: b"" for name in files if name.startswith("dog")}
    with pytest.raises(DataError, match=r"None of the 3 pictures of dogs.*3 empty file.*Copy them"):
        load_cats_dogs(write(tmp_path / "all", files), size=16)


def test_too_few_for_the_split(tmp_path):
    folder = write(tmp_path / "all", animals(count=1))
    with pytest.raises(DataError, match=r"1 pictures of each class are too few.*share 0"):
        load_cats_dogs(folder, size=16)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"size": 0}, "size is a whole number from 16 to 1024"),
        ({"size": 15.5}, "size is a whole number"),
        ({"per_class": 0}, "per_class"),
        ({"seed": -1}, "seed"),
        ({"seed": True}, "seed"),
        ({"split": (0.5, 0.5)}, "three shares"),
        ({"split": (0.5, 0.25, 0.3)}, "add up to 1"),
        ({"split": (0, 0.5, 0.5)}, "training needs a share"),
        ({"source": 3}, "source is 'auto'"),
        ({"source": ""}, "source is 'auto'"),
    ],
)
def test_impossible_wishes_are_refused_first(arguments, says):
    with pytest.raises(ValueError, match=says):
        load_cats_dogs(**arguments)


# Where photographs are found


def test_auto_takes_photographs_that_are_at_hand(photographs, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path))
    photographs.rename(tmp_path / "cats_dogs")
    assert load_cats_dogs(size=16, per_class=4).source == "photographs"
    assert load_cats_dogs("photographs", size=16, per_class=4).origin == "from cats_dogs"
    monkeypatch.setenv("CNNCOURSE_DATA", "shipped")
    with pytest.raises(DataError, match=r"'shipped'.*Unset it, or use source='drawn'"):
        load_cats_dogs("photographs", size=16)


def test_no_photographs(tmp_path, monkeypatch):
    with pytest.raises(DataError, match=r"no photographs here.*data fetch cats-dogs.*drawn"):
        load_cats_dogs("photographs", size=16)
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"CNNCOURSE_DATA is .*no such folder.*Set it to"):
        load_cats_dogs(size=16)


# Drawn animals


def test_drawn_animals_when_there_is_nothing_else(cache):
    data = load_cats_dogs(size=24, per_class=6)
    assert (data.source, data.caption) == ("drawn", "drawn animals")
    assert [len(data.x_train), len(data.x_validation), len(data.x_test)] == [6, 4, 2]
    assert "drawn animals" in repr(data) and "by program" in repr(data)
    assert len(set(marks(images(data)))) == 12


def test_drawn_animals_are_drawn_once_and_follow_the_seed(monkeypatch):
    first = load_cats_dogs("drawn", size=24, per_class=4, seed=3)
    other = load_cats_dogs("drawn", size=24, per_class=4, seed=4)
    assert not set(marks(images(first))) & set(marks(images(other)))
    monkeypatch.setattr("cnncourse.data.drawn.draw_images", None)
    assert np.array_equal(images(load_cats_dogs("drawn", 24, 4, seed=3)), images(first))


def test_new_drawing_code_draws_anew(monkeypatch, cache):
    load_cats_dogs("drawn", size=24, per_class=4)
    monkeypatch.setattr(cats_dogs, "_drawing_code", lambda: "another")
    load_cats_dogs("drawn", size=24, per_class=4)
    assert len(list((cache / "pictures").iterdir())) == 2


# Nothing half-written is ever read again


def test_stopped_by_hand(photographs, cache, monkeypatch):
    def stop(read, names, size):
        yield names[0], np.zeros((size, size, 3), np.uint8)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(cats_dogs, "decoded", stop)
        with pytest.raises(KeyboardInterrupt, match=r"Nothing half-made was kept: call .* again"):
            load_cats_dogs(photographs, size=16)
    assert list((cache / "pictures").iterdir()) == []
    assert len(load_cats_dogs(photographs, size=16).x_train) == 8


def test_killed_while_writing(photographs, cache):
    # A process that is gone at once, in the middle of it.
    code = (
        "import os, sys; from cnncourse.data import cats_dogs, load_cats_dogs\n"
        "def end(*arguments): os._exit(9)\n"
        "cats_dogs._save_rows = end\n"
        "load_cats_dogs(sys.argv[1], size=16)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(photographs)]).returncode == 9
    assert [folder.name[:8] for folder in (cache / "pictures").iterdir()] == [".making-"]
    assert len(load_cats_dogs(photographs, size=16).x_train) == 8


@pytest.mark.parametrize("harm", ["flip", "cut", "missing", "record"])
def test_damage_is_noticed_and_mended(photographs, cache, harm):
    before = images(load_cats_dogs(photographs, size=16)).copy()
    (folder,) = (cache / "pictures").iterdir()
    file = folder / "x_train.npy"
    data = bytearray(file.read_bytes())
    if harm == "flip":
        data[-1] ^= 1
        file.write_bytes(data)
    elif harm == "cut":
        file.write_bytes(data[:-16])
    elif harm == "missing":
        file.unlink()
    else:
        (folder / kept.MANIFEST).write_text("{")
    assert kept.open_kept(folder) is None
    assert np.array_equal(images(load_cats_dogs(photographs, size=16)), before)
    assert kept.open_kept(folder) is not None


def test_the_disk_is_full_from_the_start(photographs, cache, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("", (), {"free": 1000})())
    with pytest.raises(DataError, match=r"is full\. About 1 MB.*data remove.*CNNCOURSE_CACHE"):
        load_cats_dogs(photographs, size=100)
    assert list((cache / "pictures").iterdir()) == []


def test_the_disk_is_full_in_the_middle(photographs, cache, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cats_dogs, "_save_rows", full)
    with pytest.raises(DataError, match=r"is full.*Nothing half-written was kept. Make room"):
        load_cats_dogs(photographs, size=16)
    assert list((cache / "pictures").iterdir()) == []


def test_a_cache_that_may_not_be_written(photographs, monkeypatch, tmp_path):
    def forbidden(*arguments, **named):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", forbidden)
    with pytest.raises(DataError, match=r"cannot be written to.*Set CNNCOURSE_CACHE"):
        load_cats_dogs(photographs, size=16)


def test_a_cache_that_is_a_file(photographs, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNNCOURSE_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="CNNCOURSE_CACHE"):
        load_cats_dogs(photographs, size=16)


def test_two_at_once_make_one(photographs, cache):
    code = "import sys; from cnncourse.data import *; print(load_cats_dogs(sys.argv[1], size=16))"
    command = [sys.executable, "-c", code, str(photographs)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    told = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert told[0] == told[1]
    assert len(list((cache / "pictures").iterdir())) == 1


def test_loading_needs_no_tensorflow(photographs):
    code = (
        "import sys; from cnncourse.data import load_cats_dogs; "
        "load_cats_dogs(sys.argv[1], size=16); "
        "print([m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(photographs)]
    assert subprocess.run(command, capture_output=True, text=True).stdout.strip() == "[]"


def test_real_photographs(real_data):
    data = load_cats_dogs(real_data / "cats_dogs", size=32, per_class=60)
    assert data.found == {"cat": 600, "dog": 600}
    assert [len(data.x_train), len(data.x_validation), len(data.x_test)] == [60, 30, 30]
    assert 60 < data.x_train.mean() < 190
