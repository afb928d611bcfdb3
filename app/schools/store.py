"""Where an uploaded GIAS file waits until it is applied or dropped: a folder or a bucket, by fsspec.

The file names head teachers, whom we do not keep: it is gone as soon as it is not needed.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

import fsspec
from flask import current_app

from app.schools import refusals

CHUNK: Final = 1024 * 1024
MEGABYTE: Final = 1024 * 1024


def address(uid: str) -> str:
    """Where the file of the import `uid` lies, as fsspec names it."""
    return f"{current_app.config['FILES_URL']}/gias/{uid}"


def keep(stream: BinaryIO, uid: str) -> tuple[str, int]:
    """The content is stored; SHA-256 in hexadecimal and the size in bytes are returned.

    Raises:
        FileTooLarge: more than the limit; nothing is left behind.
    """
    limit = int(current_app.config["UPLOAD_LIMIT"])
    seen, size = hashlib.sha256(), 0
    with fsspec.open(address(uid), "wb") as target:
        while size <= limit and (chunk := stream.read(CHUNK)):
            seen.update(chunk)
            size += len(chunk)
            target.write(chunk)
    if size > limit:
        forget(uid)
        raise refusals.FileTooLarge(size=size // MEGABYTE, limit=limit // MEGABYTE)
    return seen.hexdigest(), size


@contextmanager
def opened(uid: str) -> Iterator[BinaryIO]:
    """The stored file, seekable."""
    with fsspec.open(address(uid), "rb") as stream:
        yield stream


def forget(uid: str) -> None:
    """The file is gone; nothing happens where there is none."""
    files, path = fsspec.core.url_to_fs(address(uid))
    if files.exists(path):
        files.rm_file(path)
