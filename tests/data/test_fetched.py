"""`cnncourse data`: what is fetched is checked, whole, and told about."""

import errno
import hashlib
import json
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from loopback import Loopback
from small_pictures import animals, pack

from cnncourse.cli import main
from cnncourse.data import DataError, fetched, load_cats_dogs
from cnncourse.data.fetched import Remote

PATTERN = "filtered/train/{kind}s/{kind}.{number}.jpg"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CNNCOURSE_DATA", "")
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "0")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return tmp_path / "cache"


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """Offer a zip of these files as the data set; a context manager, gives the server."""

    @contextmanager
    def offer(files, per_class=6, **behaviour):
        data = pack(tmp_path / "offered.zip", files).read_bytes()
        with Loopback(data, **behaviour) as server:
            remote = Remote("cats-dogs", server.url, len(data), per_class, "pictures of noise")
            monkeypatch.setattr(fetched, "REMOTES", {"cats-dogs": remote})
            yield server

    return offer


def run(*arguments, **more):
    return CliRunner().invoke(main, ["data", *arguments], **more)


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_fetched_checked_and_used(offered, cache):
    with offered(animals(PATTERN)) as server:
        done = run("fetch", "cats-dogs")
    assert done.exit_code == 0, done.output
    assert hashlib.sha256(server.data).hexdigest() in done.output
    assert "6 cats and 6 dogs" in done.output
    record = json.loads((cache / "fetched" / "cats-dogs" / "manifest.json").read_text())
    assert (record["bytes"], record["unreadable"]) == (len(server.data), 0)
    assert record["url"] == server.url
    data = load_cats_dogs(size=16, split=(0.5, 0.5, 0))
    assert data.source == "photographs"
    assert len(data.x_train) == 6
    assert not list(cache.rglob("*.zip*")), "the zip is not kept twice"
    assert "here already" in run("fetch", "cats-dogs").output


def test_a_few_unreadable_pictures_are_told(offered):
    files = animals(PATTERN, 150)
    files["filtered/train/cats/cat.0.jpg"] = b"not a picture"
    with offered(files, per_class=150):
        done = run("fetch", "cats-dogs")
    assert done.exit_code == 0, done.output
    assert "1 of them unreadable" in done.output


def _without_a_dog():
    files = animals(PATTERN)
    del files["filtered/train/dogs/dog.0.jpg"]
    return files


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (dict.fromkeys(animals(PATTERN), b"not a picture"), "12 of the 12 pictures"),
        (_without_a_dog(), "6 cats and 5 dogs, and should have 6 of each"),
        ({"readme.txt": b"moved"}, "No pictures that say cat or dog"),
        ({"../../cat.jpg": b"x"}, "leads out of its folder"),
    ],
    ids=["unreadable", "count", "none", "hostile"],
)
def test_a_wrong_zip_is_refused_and_forgotten(offered, cache, files, says):
    with offered(files):
        done = run("fetch", "cats-dogs")
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output
    assert files_in(cache) == []
    assert fetched.fetched_pictures("cats-dogs") is None


def test_a_zip_that_was_cut_at_the_source(offered, cache, monkeypatch):
    with offered(animals(PATTERN)) as server:
        server.data = server.data[:-300]
        short = Remote("cats-dogs", server.url, len(server.data), 6, "")
        monkeypatch.setattr(fetched, "REMOTES", {"cats-dogs": short})
        done = run("fetch", "cats-dogs")
    assert "damaged or cut short" in done.output
    assert "run the same command again" in done.output
    assert files_in(cache) == []


def test_a_cut_connection_and_a_second_call(offered, cache):
    with offered(animals(PATTERN), cuts=[3000], answers=[200, *[503] * 4]) as server:
        first = run("fetch", "cats-dogs")
        assert first.exit_code == 1
        assert "503" in first.output
        assert load_cats_dogs(size=16, per_class=4).source == "drawn"
        assert run("fetch", "cats-dogs").exit_code == 0
        assert server.asked[-1] == "bytes=3000-"


@pytest.mark.parametrize("where", ["download", "unpack_pictures", "digest_of"])
def test_stopped_by_hand(offered, monkeypatch, cache, where):
    def stop(*arguments, **named):
        raise KeyboardInterrupt

    with offered(animals(PATTERN)) as server:
        with monkeypatch.context() as patched:
            patched.setattr(fetched, where, stop)
            done = run("fetch", "cats-dogs")
        assert done.exit_code == 130
        assert "Stopped by hand" in done.output
        assert "`cnncourse data fetch cats-dogs` again to go on" in done.output
        assert fetched.fetched_pictures("cats-dogs") is None
        asked = len(server.asked)
        assert run("fetch", "cats-dogs").exit_code == 0
        assert len(server.asked) <= asked + 1


def test_stopped_after_the_download_nothing_is_asked_for_again(offered, monkeypatch):
    def stop(*arguments, **named):
        raise KeyboardInterrupt

    with offered(animals(PATTERN)) as server:
        with monkeypatch.context() as patched:
            patched.setattr(fetched, "unpack_pictures", stop)
            run("fetch", "cats-dogs")
        assert run("fetch", "cats-dogs").exit_code == 0
        assert len(server.asked) == 1


def test_a_full_disk(offered, cache, monkeypatch):
    with offered(animals(PATTERN)) as server:
        monkeypatch.setattr("shutil.disk_usage", lambda path: type("", (), {"free": 1000})())
        done = run("fetch", "cats-dogs")
    assert done.exit_code == 1
    assert "is full" in done.output
    assert "CNNCOURSE_CACHE" in done.output
    assert server.asked == []


def test_the_disk_fills_while_unpacking(offered, cache, monkeypatch):
    def full(*arguments, **named):
        raise OSError(errno.ENOSPC, "No space left on device")

    with offered(animals(PATTERN)):
        monkeypatch.setattr("cnncourse.data.unpack.shutil.copyfileobj", full)
        done = run("fetch", "cats-dogs")
    assert done.exit_code == 1
    assert "is full" in done.output
    assert fetched.fetched_pictures("cats-dogs") is None


def test_offline(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    done = run("fetch", "cats-dogs")
    assert done.exit_code == 1
    assert "CNNCOURSE_OFFLINE forbids the network" in done.output


def test_an_unknown_name():
    for command in (["fetch", "cats"], ["remove", "mnist", "--yes"]):
        done = run(*command)
        assert done.exit_code == 2
        assert "cats-dogs" in done.output


def test_list(offered, cache, tmp_path, monkeypatch):
    assert "to download it: cnncourse data fetch cats-dogs" in run("list").output
    with offered(animals(PATTERN)):
        run("fetch", "cats-dogs")
    load_cats_dogs(size=16)
    found = {item["name"]: item for item in json.loads(run("list", "--json").output)["items"]}
    assert list(found) == ["mnist", "cats-dogs-drawn", "cats-dogs", "pictures"]
    assert found["cats-dogs"]["removable"] and not found["mnist"]["removable"]
    assert found["cats-dogs"]["size"] > 3000
    own = tmp_path / "own"
    (cache / "fetched" / "cats-dogs" / "pictures").rename(tmp_path / "moved")
    own.mkdir()
    (tmp_path / "moved").rename(own / "cats_dogs")
    monkeypatch.setenv("CNNCOURSE_DATA", str(own))
    assert str(own / "cats_dogs") in run("list").output
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path / "nowhere"))
    done = run("list")
    assert done.exit_code == 1
    assert "no such folder" in done.output


def test_check(offered, cache):
    with offered(animals(PATTERN)):
        run("fetch", "cats-dogs")
    load_cats_dogs(size=16)
    done = run("check")
    assert done.exit_code == 0
    assert done.output.count("sound") == 3
    next((cache / "pictures").glob("*/x_train.npy")).write_bytes(b"")
    next(cache.rglob("dog.3.jpg")).write_bytes(b"other")
    done = run("check")
    assert done.exit_code == 1
    assert "made again when it is needed" in done.output
    assert "Remove it and fetch it again: cnncourse data remove cats-dogs" in done.output


def test_remove_asks_and_takes_only_its_own(offered, cache):
    with offered(animals(PATTERN)):
        run("fetch", "cats-dogs")
    load_cats_dogs(size=16)
    mine = cache / "pictures" / "holiday"  # somebody made the cache a folder of theirs
    mine.mkdir()
    (mine / "beach.jpg").write_bytes(b"x")
    asked = run("remove", "pictures", input="n\n")
    assert asked.exit_code == 1
    assert "Remove the copy of pictures" in asked.output
    assert run("remove", "pictures", input="y\n").exit_code == 0
    assert [path.name for path in (cache / "pictures").iterdir()] == ["holiday"]
    assert run("remove", "cats-dogs", "--yes").exit_code == 0
    assert fetched.fetched_pictures("cats-dogs") is None
    assert files_in(cache) == [mine / "beach.jpg"]
    assert "There is no copy" in run("remove", "cats-dogs").output


def test_remove_takes_a_broken_off_download(offered, cache):
    with offered(animals(PATTERN), cuts=[3000], answers=[200, *[503] * 4]):
        run("fetch", "cats-dogs")
    assert files_in(cache)
    assert run("remove", "cats-dogs", "--yes").exit_code == 0
    assert files_in(cache) == []


def test_a_folder_without_a_record_is_not_read(offered, cache):
    pictures = cache / "fetched" / "cats-dogs" / "pictures" / "cat"
    pictures.mkdir(parents=True)
    assert load_cats_dogs(size=16, per_class=4).source == "drawn"
    with pytest.raises(DataError, match="no photographs here"):
        load_cats_dogs("photographs", size=16)
    assert "its record is missing" in run("check").output
    with offered(animals(PATTERN)):
        assert run("fetch", "cats-dogs").exit_code == 0
