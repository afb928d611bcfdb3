"""The master key: 32 bytes from outside the database, kept by people in two halves.

It wraps every data key, so whoever loses it has lost every sealed text: production does not start
until somebody has shown that it is written down.
"""

import base64
import binascii
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.vault.errors import (
    HalfRefused,
    MasterKeyNotKept,
    OtherMasterKey,
    SampleMasterKey,
    UnreadableMasterKey,
)

KEY_BYTES = 32
HALF_BYTES = 16
CHECK_BYTES = 4  # with 16 bytes exactly 32 letters of base32, and one typing error in 4,000 million passes
GROUP_LETTERS = 4
HALVES = (1, 2)
VAULT_FILE = "vault.json"

# Public on purpose: the demonstration runs on it, and production refuses it.
SAMPLE_MASTER_KEY = base64.b64encode(b"sixterms sample key, never real!").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKey:
    """What this machine remembers of the master key: never the key."""

    fingerprint: str
    made_at: datetime


def new_master_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def in_settings(key: bytes) -> str:
    """The key as `MASTER_KEY` has it: base64."""
    return base64.b64encode(key).decode()


def read_master_key(text: str) -> bytes:
    """The 32 bytes of a `MASTER_KEY`.

    Raises:
        UnreadableMasterKey: not base64, or not 32 bytes.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableMasterKey from None
    if len(key) != KEY_BYTES:
        raise UnreadableMasterKey
    return key


def fingerprint(key: bytes) -> str:
    """16 hexadecimal letters that tell two keys apart and give nothing of either away."""
    return hashlib.sha256(b"sixterms master key|" + key).hexdigest()[:16]


def half_in_words(key: bytes, half: int) -> str:
    """Half 1 or 2 of `key` to write down: eight groups of four letters, check letters at the end."""
    part = key[:HALF_BYTES] if half == HALVES[0] else key[HALF_BYTES:]
    letters = base64.b32encode(part + check_of(part, half)).decode()
    return " ".join(letters[at : at + GROUP_LETTERS] for at in range(0, len(letters), GROUP_LETTERS))


def read_half(text: str, half: int) -> bytes:
    """The 16 bytes of half 1 or 2, out of what somebody typed; spaces, dashes and case do not matter.

    Raises:
        HalfRefused: mistyped, or the other half.
    """
    letters = "".join(text.split()).replace("-", "").upper()
    try:
        # 0 and 1 stand in no half: whoever reads them meant O and I.
        raw = base64.b32decode(letters, map01="I")
    except (binascii.Error, ValueError):
        raise HalfRefused(half=half) from None
    part, check = raw[:HALF_BYTES], raw[HALF_BYTES:]
    if check != check_of(part, half):
        raise HalfRefused(half=half)
    return part


def check_of(part: bytes, half: int) -> bytes:
    """Four bytes that fit one half only, and only as half `half`."""
    return hashlib.sha256(b"half %d|" % half + part).digest()[:CHECK_BYTES]


def remember(key: bytes, vault_file: Path, made_at: datetime) -> None:
    """`vault_file` says from now on that this key is kept. The key itself is not in it."""
    vault_file.parent.mkdir(parents=True, exist_ok=True)
    said = {"fingerprint": fingerprint(key), "made_at": made_at.isoformat(), "kept": True}
    unfinished = vault_file.with_suffix(".new")
    unfinished.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(vault_file)


def kept_key(vault_file: Path) -> KeptKey | None:
    """What `vault_file` says; None where there is none, or it does not say that a key is kept."""
    try:
        said = json.loads(vault_file.read_text(encoding="utf-8"))
        if said["kept"] is not True:
            return None
        return KeptKey(fingerprint=str(said["fingerprint"]), made_at=datetime.fromisoformat(said["made_at"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def check_ready(master_key: str, *, production: bool, vault_file: Path) -> None:
    """Nothing, where the service may start with this `MASTER_KEY`.

    Raises:
        UnreadableMasterKey: in production or not, it is no key.
        SampleMasterKey: production, with the key of the demonstration.
        MasterKeyNotKept: production, and `flask vault init` was not carried through.
        OtherMasterKey: production, and another key was kept.
    """
    key = read_master_key(master_key)
    if not production:
        return
    if fingerprint(key) == fingerprint(read_master_key(SAMPLE_MASTER_KEY)):
        raise SampleMasterKey
    kept = kept_key(vault_file)
    if kept is None:
        raise MasterKeyNotKept
    if kept.fingerprint != fingerprint(key):
        raise OtherMasterKey
