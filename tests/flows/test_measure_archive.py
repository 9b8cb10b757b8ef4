"""The bench of the archive runs on a small heap and counts what it made."""

from pathlib import Path

from flows.measure_archive import PAGES, measure


def test_the_bench_makes_and_verifies_every_document(tmp_path: Path) -> None:
    figures = measure(tmp_path, 4)
    assert figures["dossiers"] == 4
    assert figures["pages_with_the_last_ones"] > 4 * PAGES
    assert 0 < figures["bytes_besides_pictures_per_document"] < figures["bytes_per_document"]
    assert len(list((tmp_path / "objects" / "archives").iterdir())) == 4
