"""Where a list goes on: sealed, since it holds a name or a number that must not stand in an address."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from werkzeug.exceptions import BadRequest

NONCE = 12


class Cursor(NamedTuple):
    """The row next to which a page begins: its value in the sort column, its id, and how many came before."""

    value: object
    row_id: int
    before: int


def key() -> AESGCM:
    """The key of cursors, made from the deployment's secret."""
    secret = current_app.config["SECRET_KEY"].encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"list cursor").derive(secret))


def sealed(cursor: Cursor, *, of: Sequence[object]) -> str:
    """The cursor for an address. It opens only for the list, order and principal in `of`."""
    value = cursor.value.isoformat() if isinstance(cursor.value, date | datetime) else cursor.value
    nonce = os.urandom(NONCE)
    box = key().encrypt(nonce, json.dumps([value, cursor.row_id, cursor.before]).encode(), place(of))
    return urlsafe_b64encode(nonce + box).rstrip(b"=").decode()


def opened(text: str, *, of: Sequence[object]) -> Cursor:
    """The cursor out of an address.

    Raises:
        BadRequest: it was not made here, or for another list, order or person.
    """
    try:
        box = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        value, row_id, before = json.loads(key().decrypt(box[:NONCE], box[NONCE:], place(of)))
        return Cursor(value, int(row_id), int(before))
    except (ValueError, TypeError, InvalidTag) as odd:
        raise BadRequest from odd


def place(of: Sequence[object]) -> bytes:
    """What the cursor is bound to."""
    return json.dumps([str(part) for part in of]).encode()
