import importlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NotReady
from app.vault.commands import vault_commands
from app.vault.errors import (
    HalfRefused,
    MasterKeyNotKept,
    OtherMasterKey,
    SampleMasterKey,
    UnreadableMasterKey,
)
from app.vault.extension import vault
from app.vault.keys import StorageClass
from app.vault.master import (
    HALVES,
    SAMPLE_MASTER_KEY,
    check_ready,
    fingerprint,
    half_in_words,
    in_settings,
    kept_key,
    new_master_key,
    read_half,
    read_master_key,
    remember,
)

KEY = bytes(range(32))
MADE_AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.fixture
def vault_file(tmp_path):
    return tmp_path / "instance" / "vault.json"


class TestHalves:
    """Issue 2, item 9: the operator keeps the master key in two halves."""

    @given(key=st.binary(min_size=32, max_size=32))
    def test_two_halves_give_the_key_back(self, key):
        assert b"".join(read_half(half_in_words(key, half), half) for half in HALVES) == key

    def test_a_half_is_eight_groups_of_four_letters(self):
        assert [len(group) for group in half_in_words(KEY, 1).split(" ")] == [4] * 8

    def test_case_spaces_dashes_and_mistaken_digits_do_not_matter(self):
        typed = half_in_words(KEY, 1).lower().replace(" ", "-").replace("o", "0").replace("i", "1")

        assert read_half(f" {typed} ", 1) == KEY[:16]

    @given(
        key=st.binary(min_size=32, max_size=32), at=st.integers(0, 31), letter=st.sampled_from("ABCXYZ234567")
    )
    def test_one_wrong_letter_is_noticed(self, key, at, letter):
        letters = half_in_words(key, 2).replace(" ", "")
        wrong = letters[:at] + letter + letters[at + 1 :]
        if wrong == letters:
            wrong = letters[:at] + ("D" if letter != "D" else "E") + letters[at + 1 :]

        with pytest.raises(HalfRefused):
            read_half(wrong, 2)

    def test_one_half_is_not_taken_for_the_other(self):
        with pytest.raises(HalfRefused) as refused:
            read_half(half_in_words(KEY, 1), 2)
        assert str(refused.value).startswith("That is not half 2.")

    @pytest.mark.parametrize("typed", ["", "ABCD", "ü" * 32, "\x00", "=" * 32, "A" * 200_000])
    def test_what_is_no_half_is_refused(self, typed):
        with pytest.raises(HalfRefused):
            read_half(typed, 1)


class TestMasterKeyInTheSettings:
    """`MASTER_KEY`: 32 bytes in base64."""

    def test_a_new_key_reads_back_from_the_settings(self):
        key = new_master_key()

        assert read_master_key(in_settings(key) + "\n") == key
        assert len(key) == 32

    @pytest.mark.parametrize("text", ["", "short", "ü", "A" * 43, "A" * 60, "!" * 44])
    def test_what_is_no_key_is_refused(self, text):
        with pytest.raises(UnreadableMasterKey):
            read_master_key(text)

    def test_a_fingerprint_tells_keys_apart_and_holds_no_part_of_them(self):
        assert fingerprint(KEY) != fingerprint(KEY[::-1])
        assert len(fingerprint(KEY)) == 16
        assert fingerprint(KEY) not in KEY.hex()


class TestReadyToStart:
    """Issue 2, item 9: production refuses to start until the key is kept, and with the sample key."""

    def test_the_demonstration_starts_with_the_sample_key(self, vault_file):
        check_ready(SAMPLE_MASTER_KEY, production=False, vault_file=vault_file)

        assert not vault_file.exists()

    def test_production_starts_with_the_key_that_was_kept(self, vault_file):
        remember(KEY, vault_file, MADE_AT)
        check_ready(in_settings(KEY), production=True, vault_file=vault_file)

        assert kept_key(vault_file).made_at == MADE_AT

    def test_production_refuses_the_sample_key_even_if_it_was_kept(self, vault_file):
        remember(read_master_key(SAMPLE_MASTER_KEY), vault_file, MADE_AT)

        with pytest.raises(SampleMasterKey):
            check_ready(SAMPLE_MASTER_KEY, production=True, vault_file=vault_file)

    def test_production_refuses_until_a_key_was_kept(self, vault_file):
        with pytest.raises(MasterKeyNotKept):
            check_ready(in_settings(KEY), production=True, vault_file=vault_file)

    def test_production_refuses_another_key_than_the_one_that_was_kept(self, vault_file):
        remember(KEY, vault_file, MADE_AT)

        with pytest.raises(OtherMasterKey):
            check_ready(in_settings(KEY[::-1]), production=True, vault_file=vault_file)

    @pytest.mark.parametrize("production", [True, False])
    def test_nobody_starts_without_a_key(self, vault_file, production):
        with pytest.raises(NotReady):
            check_ready("", production=production, vault_file=vault_file)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "3",
            '{"kept": true}',
            '{"kept": false, "fingerprint": "x", "made_at": "2026-11-25"}',
            '{"kept": true, "fingerprint": "x", "made_at": "yesterday"}',
            '{"kept": true, "fingerprint": "x", "made_at": 3}',
        ],
    )
    def test_a_damaged_file_counts_as_not_kept(self, vault_file, text):
        vault_file.parent.mkdir()
        vault_file.write_text(text)

        assert kept_key(vault_file) is None

    def test_the_file_says_three_things_and_no_key(self, vault_file):
        remember(KEY, vault_file, MADE_AT)

        assert json.loads(vault_file.read_text()) == {
            "fingerprint": fingerprint(KEY),
            "made_at": "2026-11-25T09:30:00+00:00",
            "kept": True,
        }
        assert [path.name for path in vault_file.parent.iterdir()] == ["vault.json"]


@pytest.fixture
def vault_init(a_house, monkeypatch):
    """Runs `flask vault init` with a known key, asking for half 2; `typed` is what the operator types."""

    def run(*typed):
        commands = importlib.import_module("app.vault.commands")  # `app.vault` is also the vault itself
        monkeypatch.setattr(commands, "new_master_key", lambda: KEY)
        monkeypatch.setattr(commands.secrets, "choice", lambda halves: halves[1])
        return a_house.test_cli_runner().invoke(vault_commands, ["init"], input="\n".join(typed) + "\n")

    return run


class TestVaultInit:
    """Issue 2, item 9: `flask vault init` makes the operator keep two halves and re-enter one."""

    def test_a_half_typed_right_makes_the_key_kept(self, vault_init):
        done = vault_init(half_in_words(KEY, 2).lower())

        assert done.exit_code == 0
        assert all(half_in_words(KEY, half) in done.output for half in HALVES)
        assert f"MASTER_KEY={in_settings(KEY)}" in done.output
        check_ready(in_settings(KEY), production=True, vault_file=vault.file)

    def test_a_half_typed_wrong_may_be_typed_again(self, vault_init):
        done = vault_init("ABCD", half_in_words(KEY, 1), half_in_words(KEY, 2))

        assert done.exit_code == 0
        assert done.output.count("That is not half 2.") == 2

    def test_the_half_of_another_key_is_wrong_though_its_check_letters_fit(self, vault_init):
        stranger = half_in_words(KEY[::-1], 2)

        assert vault_init(stranger, stranger, stranger).exit_code == 1
        assert not vault.file.exists()

    def test_three_wrong_tries_keep_nothing_and_never_show_the_line_with_the_key(self, vault_init):
        refused = vault_init("a", "b", "c")

        assert refused.exit_code == 1
        assert "Nobody has shown that the master key is kept" in refused.output
        assert "MASTER_KEY=" not in refused.output
        assert not vault.file.exists()

    def test_an_operator_who_goes_away_keeps_nothing(self, vault_init):
        assert vault_init().exit_code == 1
        assert not vault.file.exists()

    def test_a_second_key_is_refused_once_one_is_kept(self, vault_init):
        remember(KEY[::-1], vault.file, MADE_AT)

        refused = vault_init(half_in_words(KEY, 2))

        assert refused.exit_code == 1
        assert "already" in refused.output
        assert kept_key(vault.file).fingerprint == fingerprint(KEY[::-1])

    def test_a_new_key_is_refused_where_texts_are_sealed_under_another(self, vault_init, keys):
        keys.of("house", StorageClass.STATUTORY, make=True)

        assert vault_init(half_in_words(KEY, 2)).exit_code == 1
        assert not vault.file.exists()


class TestVaultJoin:
    """After the loss of the machine, the two sheets of paper give the key back."""

    def test_two_halves_give_the_line_for_the_settings(self, a_house):
        typed = "\n".join(half_in_words(KEY, half) for half in HALVES)

        done = a_house.test_cli_runner().invoke(vault_commands, ["join"], input=typed + "\n")

        assert done.exit_code == 0
        assert f"MASTER_KEY={in_settings(KEY)}" in done.output

    def test_a_wrong_half_is_refused(self, a_house):
        refused = a_house.test_cli_runner().invoke(vault_commands, ["join"], input="wrong\n")

        assert refused.exit_code == 1
        assert "That is not half 1." in refused.output
