"""A stand-in for S3 on loopback, and an empty bucket in it."""

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from infra.storage import S3Storage

BUCKET = "objects"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """A stand-in for S3 on a free port of loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Storage]:
    """An empty bucket, seen from above any prefix."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = S3Storage(BUCKET, "", s3_server)
    bucket.client.create_bucket(Bucket=BUCKET)
    yield bucket
    for name, _size in list(bucket.names("")):
        bucket.client.delete_object(Bucket=BUCKET, Key=name)
    bucket.client.delete_bucket(Bucket=BUCKET)
