"""Every layout that photographs of cats and dogs are handed round in; what is none is explained."""

import pytest
from small_pictures import animals, jpeg, pack, write

from cnncourse.data import DataError
from cnncourse.data.sources import NAMES, label, open_source

LAYOUTS = [
    "train/{kind}.{number}.jpg",  # Kaggle's
    "{kind}.{number}.jpg",
    "{kind}/{number}.jpg",
    "{kind}s/{kind}.{number}.jpeg",
    "PetImages/{Kind}/{number}.jpg",  # Microsoft's
    "cats_dogs/{kind}/{number}.png",
    "dogs-vs-cats/train/{kind}.{number}.JPG",  # one level deeper, and the folder names both
    "some/where/{Kind}s/IMG {number}.jpg",
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_layouts(tmp_path, layout, packed):
    files = animals(layout, 3)
    place = pack(tmp_path / "all.zip", files) if packed else write(tmp_path / "all", files)
    with open_source(place) as source:
        assert {kind: len(source.pictures[kind]) for kind in NAMES} == {"cat": 3, "dog": 3}
        for kind in NAMES:
            for number, name in enumerate(source.pictures[kind]):
                assert source.read(name) == files[layout.format(**_words(kind, number))]
        assert source.unnamed == 0


def _words(kind, number):
    return {"kind": kind, "Kind": kind.title(), "number": number}


def test_googles_selection_is_taken_as_one(tmp_path):
    files = animals("cats_and_dogs_filtered/train/{kind}s/{kind}.{number}.jpg", 4)
    files |= animals("cats_and_dogs_filtered/validation/{kind}s/{kind}.2{number}.jpg", 2)
    files["cats_and_dogs_filtered/vectorize.py"] = b"print('not a picture')"
    with open_source(pack(tmp_path / "cats_and_dogs_filtered.zip", files)) as source:
        assert [len(source.pictures[kind]) for kind in NAMES] == [6, 6]
        assert source.unnamed == 0


@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("cat/dog.1.jpg", "cat"),  # somebody sorted it by hand
        ("cats/train/0001.jpg", "cat"),
        ("cats/train/dog.1.jpg", "dog"),
        ("train/Dog (12).jpg", "dog"),
        ("test1/1.jpg", None),
        ("categories/3.jpg", None),
        ("catalogue.jpg", None),
        ("hotdog.jpg", None),
    ],
)
def test_labels(name, shows):
    assert label(name) == shows


def test_what_is_not_a_picture_is_left_alone(tmp_path):
    files = animals(count=2) | {
        "cat/Thumbs.db": b"x",
        "__MACOSX/cat/._0.jpg": b"x",
        ".hidden/cat/0.jpg": b"x",
        "test1/7.jpg": jpeg(7),
    }
    with open_source(write(tmp_path / "all", files)) as source:
        assert [len(source.pictures[kind]) for kind in NAMES] == [2, 2]
        assert source.unnamed == 1


def test_the_fingerprint_follows_the_files(tmp_path):
    folder = write(tmp_path / "all", animals(count=2))
    prints = []
    for change in (lambda: None, lambda: write(folder, {"cat/0.jpg": jpeg(9, (60, 60))})):
        change()
        with open_source(folder) as source:
            prints.append(source.fingerprint)
    folder.rename(tmp_path / "moved")
    with open_source(tmp_path / "moved") as source:
        prints.append(source.fingerprint)
    assert prints[0] != prints[1] == prints[2]


def test_links_in_a_circle_end(tmp_path):
    folder = write(tmp_path / "all", animals(count=2))
    (folder / "cat" / "round").symlink_to(folder, target_is_directory=True)
    with open_source(folder) as source:
        assert [len(source.pictures[kind]) for kind in NAMES] == [2, 2]


def _kaggle(tmp_path):
    return pack(tmp_path / "dogs-vs-cats.zip", {"train.zip": b"", "test1.zip": b""})


def _one_class(tmp_path):
    only = {name: data for name, data in animals().items() if name.startswith("cat")}
    return write(tmp_path / "all", only)


def _truncated(tmp_path):
    file = pack(tmp_path / "all.zip", animals())
    file.write_bytes(file.read_bytes()[:-100])
    return file


def _page(tmp_path):
    (tmp_path / "all.zip").write_text("<html>Please log in</html>")
    return tmp_path / "all.zip"


def _locked(tmp_path):
    file = pack(tmp_path / "all.zip", animals(count=1))
    data = bytearray(file.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1  # the flag that a file is encrypted
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "nowhere", r"There is no folder or zip .*nowhere.*Name the one"),
        (lambda folder: folder, r"No pictures that say cat or dog.*holds nothing.*PetImages"),
        (lambda folder: write(folder, {"a/b.txt": b""}), r"it holds a\. What can be read"),
        (_kaggle, r"Unpack it and name its train\.zip"),
        (_one_class, r"has 6 pictures of cats and none of dogs\. Name the folder above"),
        (_truncated, r"cut short.*Download or copy it again"),
        (_page, r"is not a zip.*Download or copy it again"),
        (_locked, r"asks for a password\. Unpack it"),
    ],
    ids=["nowhere", "empty", "other", "kaggle", "one class", "truncated", "page", "locked"],
)
def test_what_cannot_be_used_says_what_to_do(tmp_path, make, says):
    with pytest.raises(DataError, match=says), open_source(make(tmp_path)):
        pass
