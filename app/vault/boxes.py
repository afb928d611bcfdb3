"""A text closed under a key and bound to its place: version byte, 12-byte nonce, ciphertext with its tag."""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.vault.errors import DoesNotOpen

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
LEAST_BYTES = len(VERSION) + NONCE_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a text stands and whose it is: moved elsewhere, its box does not open."""

    table: str
    column: str
    uid: str
    owner: str

    def in_bytes(self) -> bytes:
        """The associated data of the box."""
        return f"{self.table}|{self.column}|{self.uid}|{self.owner}".encode()


def close_box(key: AESGCM, content: bytes, place: bytes) -> bytes:
    """`content` under `key`, with a new nonce, bound to `place`."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + key.encrypt(nonce, content, VERSION + place)


def open_box(key: AESGCM, box: bytes, place: bytes) -> bytes:
    """What `box` holds.

    Raises:
        DoesNotOpen: another key or place, or changed bytes.
    """
    if not is_box(box):
        raise DoesNotOpen
    begin = len(VERSION) + NONCE_BYTES
    try:
        return key.decrypt(box[len(VERSION) : begin], box[begin:], VERSION + place)
    except InvalidTag:
        raise DoesNotOpen from None


def is_box(box: bytes) -> bool:
    """Whether these bytes have the form of a box; nothing is said about what opens it."""
    return box[: len(VERSION)] == VERSION and len(box) >= LEAST_BYTES
