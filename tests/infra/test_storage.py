"""The object store keeps the same promises in a folder and in S3."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from infra.settings import ROOT
from infra.storage import (
    KEY_MAX,
    FolderStorage,
    S3Storage,
    Storage,
    open_storage,
    original_key,
    put_original,
)
from models.errors import SettingsError, StorageError
from tests.infra.conftest import BUCKET

PAGE = b"a page of no one"


@pytest.fixture(params=["folder", "s3", "s3 with a prefix"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """The same empty store three times: a folder, a bucket, a part of a bucket."""
    if request.param == "folder":
        return open_storage((tmp_path / "objects of ours").as_uri())
    bucket: S3Storage = request.getfixturevalue("s3")
    prefix = "/payer/of 2026" if "prefix" in request.param else ""
    return open_storage(f"s3://{BUCKET}{prefix}", bucket.client.meta.endpoint_url)


def test_what_was_put_is_there_byte_for_byte(storage: Storage) -> None:
    data = bytes(range(256)) * 400
    storage.put("pages/2026-11-20/a.png", data)
    assert storage.get("pages/2026-11-20/a.png") == data
    assert storage.exists("pages/2026-11-20/a.png")


def test_nothing_is_an_object_too(storage: Storage) -> None:
    storage.put("empty", b"")
    assert storage.exists("empty")
    assert storage.get("empty") == b""


def test_a_put_of_the_same_key_replaces_it(storage: Storage) -> None:
    storage.put("seals/2026-11-20.json", b"the longer first one")
    storage.put("seals/2026-11-20.json", b"second")
    assert storage.get("seals/2026-11-20.json") == b"second"
    assert list(storage.keys("")) == ["seals/2026-11-20.json"]


def test_what_was_never_put_is_not_there_and_an_error_to_get(storage: Storage) -> None:
    storage.put("pages/a", PAGE)
    for key in ("pages/b", "pages", "page", "pages/a/b"):
        assert not storage.exists(key)
        with pytest.raises(StorageError):
            storage.get(key)


def test_keys_come_in_the_order_of_their_characters(storage: Storage) -> None:
    keys = ["a/b", "a-b", "a.b", "a/b/c-1", "a/c", "b", "a_b", "a0"]
    for key in keys:
        if key != "a/b":  # a folder has no file of the name of a folder
            storage.put(key, b"")
    assert list(storage.keys("")) == sorted(set(keys) - {"a/b"})


def test_keys_of_a_prefix_are_those_that_begin_with_it(storage: Storage) -> None:
    for key in ("lots/1/a", "lots/1/b", "lots/10/a", "lots-1/a", "other/lots/1"):
        storage.put(key, PAGE)
    assert list(storage.keys("lots/1/")) == ["lots/1/a", "lots/1/b"]
    assert list(storage.keys("lots/1")) == ["lots/1/a", "lots/1/b", "lots/10/a"]
    assert list(storage.keys("lots")) == ["lots-1/a", "lots/1/a", "lots/1/b", "lots/10/a"]
    assert list(storage.keys("none")) == []


def test_more_keys_than_one_answer_holds_are_all_listed(s3: S3Storage) -> None:
    s3.client.meta.events.register(
        "provide-client-params.s3.ListObjectsV2",
        lambda params, **_: {**params, "MaxKeys": 2},
    )
    keys = [f"k{number}" for number in range(5)]
    for key in keys:
        s3.put(key, PAGE)
    assert list(s3.keys("")) == keys


@pytest.mark.parametrize(
    "key",
    [
        "", "/etc/passwd", "../up", "a/../b", "a/..", "Upper", "a/Upper", "with space", "a\\b",
        "a//b", "a/", ".hidden", "a/.hidden", "é", "a\n", "a\x00b", "-a", "_a", "a" * (KEY_MAX + 1),
        "s3://objects/a", "c:/a",
    ],
)  # fmt: skip
def test_a_key_that_is_none_of_ours_is_refused(storage: Storage, key: str) -> None:
    for use in (storage.get, storage.exists, lambda name: storage.put(name, PAGE)):
        with pytest.raises(StorageError, match="lower-case") as caught:
            use(key)
        assert not key or key not in str(caught.value)
    assert list(storage.keys("")) == []


def test_the_longest_key_is_taken(storage: Storage) -> None:
    key = "/".join(["a" * 49] * 4)
    assert len(key) == KEY_MAX - 1
    storage.put(f"{key}b", PAGE)
    assert storage.get(f"{key}b") == PAGE


def test_an_original_is_kept_once_under_its_hash(storage: Storage) -> None:
    sha256 = put_original(storage, PAGE)
    assert sha256 == hashlib.sha256(PAGE).hexdigest()
    assert storage.get(original_key(sha256)) == PAGE
    storage.put(original_key(sha256), b"not to be written over")
    assert put_original(storage, PAGE) == sha256
    assert storage.get(original_key(sha256)) == b"not to be written over"
    assert list(storage.keys("sha256/")) == [original_key(sha256)]


def test_two_prefixes_of_one_bucket_do_not_see_one_another(s3: S3Storage) -> None:
    endpoint = s3.client.meta.endpoint_url
    first, second = (S3Storage(BUCKET, name, endpoint) for name in ("one", "one-more"))
    first.put("key", b"1")
    second.put("key", b"2")
    assert (first.get("key"), second.get("key")) == (b"1", b"2")
    assert list(first.keys("")) == ["key"]
    assert [name for name, _size in s3.names("")] == ["one-more/key", "one/key"]


def test_a_bucket_that_is_not_there_is_an_error_and_not_an_empty_store(s3: S3Storage) -> None:
    missing = S3Storage("no-such-bucket", "", s3.client.meta.endpoint_url)
    for use in (
        lambda: missing.get("a"),
        lambda: missing.put("a", PAGE),
        lambda: list(missing.keys("")),
    ):
        with pytest.raises(StorageError):
            use()


def test_no_error_names_an_object_of_a_sender(s3: S3Storage) -> None:
    with pytest.raises(StorageError) as caught:
        s3.get_named("inbox/Essai Premier 100000001.json")
    assert "Essai" not in str(caught.value)


@pytest.mark.parametrize("url", ["objects", "ftp://host/objects", "http://host/objects", ""])
def test_any_other_kind_of_store_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="use file or s3"):
        open_storage(url)


class Killed(BaseException):
    """Stands for the end of the process between two of its steps."""


def test_a_writer_stopped_before_the_rename_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a/key", b"before")

    def stop(*_arguments: object) -> None:
        raise Killed

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(Killed):
        storage.put("a/key", b"after")
    with pytest.raises(Killed):
        storage.put("a/new", b"after")
    monkeypatch.undo()
    assert storage.get("a/key") == b"before"
    assert list(storage.keys("")) == ["a/key"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["key"]


#: Writes until it is killed; its last bytes say whether an object is whole.
ENDLESS = """
import sys
from pathlib import Path
from infra.storage import FolderStorage
storage = FolderStorage(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    storage.put("a/key", b"x" * 5_000_000 + b"end")
"""


def test_a_killed_writer_leaves_no_cut_object(tmp_path: Path) -> None:
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        with writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            while not any(tmp_path.rglob(".incoming-*")):
                pass
            writer.kill()
    storage = FolderStorage(tmp_path)
    for key in storage.keys(""):
        assert key == "a/key"
        assert storage.get(key).endswith(b"end")


def test_a_folder_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a", PAGE)
    with pytest.raises(StorageError, match="could not be written"):
        storage.put("a/b", PAGE)  # a is a file
    (tmp_path / "c").mkdir()
    with pytest.raises(StorageError, match="could not be written"):
        storage.put("c", PAGE)
    assert list(storage.keys("")) == ["a"]
    assert not any((tmp_path / "c").iterdir())


def test_a_store_without_a_first_object_has_no_keys(tmp_path: Path) -> None:
    assert list(FolderStorage(tmp_path / "later").keys("")) == []
