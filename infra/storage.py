"""The one door to the object store: a local folder or S3, by URL; keys are made by us alone."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from models.errors import SettingsError, StorageError

#: Keys we make: folders of lower-case words, hashes, dates and UUIDs, never a sender's string.
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
#: Longest key, in characters; far below what any store takes.
KEY_MAX = 200


class Storage(Protocol):
    """An object store. Keys SHALL match our own pattern; a put of the same key replaces it."""

    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes under the key; they SHALL be whole or absent, never cut."""

    def get(self, key: str) -> bytes:
        """Return the bytes; SHALL raise StorageError when the key is not there."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that begin with the prefix, in the order of their characters."""


def original_key(sha256: str) -> str:
    """The key of a received file: its content hash."""
    return f"sha256/{sha256}"


def put_original(storage: Storage, data: bytes) -> str:
    """Keep a received file once, under its content hash; return the hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    key = original_key(sha256)
    if not storage.exists(key):
        storage.put(key, data)
    return sha256


def open_storage(url: str, endpoint_url: str = "") -> Storage:
    """Open the object store of a URL: ``file:///folder`` or ``s3://bucket/prefix``.

    Raises:
        SettingsError: for any other kind of URL.
    """
    parts = urlparse(url)
    if parts.scheme == "file":
        return FolderStorage(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        return S3Storage(parts.netloc, parts.path.strip("/"), endpoint_url)
    raise SettingsError(f"STORAGE_URL: {parts.scheme or 'nothing'} is not known; use file or s3")


class FolderStorage:
    """Objects as files below one folder."""

    def __init__(self, folder: Path) -> None:
        """Keep objects below ``folder``, which is made on the first put."""
        self.folder = folder

    def put(self, key: str, data: bytes) -> None:
        """Write to a temporary name, then rename: a killed process leaves no cut file."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, data)
        except OSError as error:
            raise StorageError(f"object {key} could not be written: {error.strerror}") from error

    def get(self, key: str) -> bytes:
        """Return the bytes of a key."""
        try:
            return self._path(key).read_bytes()
        except OSError as error:
            raise StorageError(f"object {key} could not be read: {error.strerror}") from error

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self._path(key).is_file()

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that begin with the prefix, in order."""
        if not self.folder.is_dir():
            return
        # Whole keys are compared, not folder by folder: a store without folders does so too.
        files = (path for path in self.folder.rglob("*") if not path.name.startswith("."))
        keys = (path.relative_to(self.folder).as_posix() for path in files if path.is_file())
        yield from sorted(key for key in keys if key.startswith(prefix))

    def _path(self, key: str) -> Path:
        return self.folder / _checked(key)


def _write_whole(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class S3Storage:
    """Objects in an S3 bucket, below a prefix."""

    def __init__(self, bucket: str, prefix: str, endpoint_url: str = "") -> None:
        """Use a bucket; credentials come from the usual AWS variables or profile."""
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint_url or None,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 5}),
        )

    def put(self, key: str, data: bytes) -> None:
        """Put an object."""
        try:
            self.client.put_object(Bucket=self.bucket, Key=self.prefix + _checked(key), Body=data)
        except (BotoCoreError, ClientError) as error:
            raise StorageError(f"object {key} could not be written") from error

    def get(self, key: str) -> bytes:
        """Get an object."""
        return self.get_named(self.prefix + _checked(key))

    def get_named(self, name: str) -> bytes:
        """Get an object by its full name, which may be a sender's; used by intake alone."""
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=name)
            return bytes(answer["Body"].read())
        except (BotoCoreError, ClientError) as error:
            raise StorageError("an object could not be read from S3") from error

    def exists(self, key: str) -> bool:
        """Whether an object is there."""
        try:
            self.client.head_object(Bucket=self.bucket, Key=self.prefix + _checked(key))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"404", "NoSuchKey", "NotFound"}:
                return False
            raise StorageError(f"object {key} could not be asked for") from error
        except BotoCoreError as error:
            raise StorageError(f"object {key} could not be asked for") from error
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that begin with the prefix, in order."""
        for name, _size in self.names(self.prefix + prefix):
            yield name.removeprefix(self.prefix)

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Full names and sizes of the objects under a full prefix; used by intake for inboxes."""
        pages = self.client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield item["Key"], item["Size"]
        except (BotoCoreError, ClientError) as error:
            raise StorageError("the objects of an S3 prefix could not be listed") from error


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key) or ".." in key or len(key) > KEY_MAX:
        raise StorageError("an object key of ours must be lower-case words, hashes and slashes")
    return key
