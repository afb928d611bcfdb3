from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.vault.boxes import Place, close_box, open_box
from app.vault.errors import DoesNotOpen

KEY = AESGCM(bytes(32))
HERE = Place(table="note", column="plan_sealed", uid="bcdfghjkmnpq", owner="person:17")


class TestBox:
    """security.md 5.2: AES-256-GCM, bound to table, column, row and person."""

    def test_a_box_is_a_version_a_nonce_and_the_text_with_its_tag(self):
        box = close_box(KEY, b"plan", HERE.in_bytes())

        assert box[:1] == b"\x01"
        assert len(box) == 1 + 12 + len(b"plan") + 16
        assert open_box(KEY, box, HERE.in_bytes()) == b"plan"

    @pytest.mark.parametrize(
        "elsewhere",
        [{"table": "other"}, {"column": "other"}, {"uid": "zzzzzzzzzzzz"}, {"owner": "person:18"}],
    )
    def test_under_the_same_key_it_still_opens_in_its_own_place_only(self, elsewhere):
        box = close_box(KEY, b"plan", HERE.in_bytes())

        with pytest.raises(DoesNotOpen):
            open_box(KEY, box, replace(HERE, **elsewhere).in_bytes())

    @pytest.mark.parametrize("at", [0, 1, 13, 20, -1])
    def test_a_changed_byte_anywhere_is_noticed(self, at):
        box = bytearray(close_box(KEY, b"a long enough plan", HERE.in_bytes()))
        box[at] ^= 0x80

        with pytest.raises(DoesNotOpen):
            open_box(KEY, bytes(box), HERE.in_bytes())

    @pytest.mark.parametrize("box", [b"", b"\x01", b"\x01" + bytes(27)])
    def test_bytes_that_are_too_short_are_no_box(self, box):
        with pytest.raises(DoesNotOpen):
            open_box(KEY, box, HERE.in_bytes())
