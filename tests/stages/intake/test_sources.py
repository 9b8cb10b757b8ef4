import os
from collections.abc import Iterator
from pathlib import Path

from tasks.intake.sources import files_below, objects_below


class ABucket:
    def __init__(self, **objects: bytes) -> None:
        self.objects = {name.replace("__", "/"): data for name, data in objects.items()}

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        for name in reversed(sorted(self.objects)):
            if name.startswith(prefix):
                yield name, len(self.objects[name])

    def get_named(self, name: str) -> bytes:
        return self.objects[name]


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b.pdf", "a/z.json", "a/é.json", "c"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    found = [(one.name, one.take()) for one in files_below(tmp_path)]
    assert [name for name, _path in found] == ["a/z.json", "a/é.json", "b.pdf", "c"]
    assert found[0][1] == tmp_path / "a/z.json"


def test_links_to_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"x")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link").symlink_to(outside / "secret")
    (inbox / "folder").symlink_to(outside)
    (inbox / "true.json").write_bytes(b"{}")
    assert [one.name for one in files_below(inbox)] == ["true.json"]


def test_pipes_and_unfinished_uploads_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "big.pdf.part").write_bytes(b"x")
    (tmp_path / "done.pdf").write_bytes(b"x")
    assert [one.name for one in files_below(tmp_path)] == ["done.pdf"]


def test_one_file_is_a_source_too(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(b"{}")
    assert [(one.name, one.take()) for one in files_below(path)] == [("one.json", path)]


def test_objects_come_in_the_order_of_their_names_without_folders() -> None:
    bucket = ABucket(day__b=b"2", day__a=b"1", day__sub__=b"", other=b"3")
    found = [(one.name, one.take()) for one in objects_below(bucket, "day/")]
    assert found == [("a", b"1"), ("b", b"2")]
