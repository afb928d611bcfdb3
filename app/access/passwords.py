"""What a password must be: long, and nothing that anybody would try (ASVS 5.0.0, 6.2)."""

import re
from collections.abc import Iterable
from itertools import pairwise

from app.access import refusals

LEAST, MOST = 12, 128  # ASVS 6.2.1 and 6.2.9: at least 8 (15 advised), at most no fewer than 64
# Words that anybody would try here first.
OF_THIS_PLACE = frozenset(
    "sixterms password passwort induction teacher school welcome letmein qwertyuiop qwerty asdfghjkl zxcvbnm".split()
)


def check_password(password: str, about: Iterable[str] = ()) -> None:
    """`password` may be used by somebody of whom `about` is known (username, names, email).

    Nothing is asked of its letters: no capitals, digits or signs (ASVS 6.2.5).

    Raises:
        PasswordTooShort: fewer than 12 characters.
        PasswordTooLong: more than 128 characters.
        PasswordKnown: made of one sign, a run of neighbours, or of a word that anybody would try here.
    """
    if len(password) < LEAST:
        raise refusals.PasswordTooShort(least=LEAST)
    if len(password) > MOST:
        raise refusals.PasswordTooLong(most=MOST)
    bare = re.sub(r"[\W\d_]+", "", password.casefold())
    words = OF_THIS_PLACE | {
        part for text in about for part in re.split(r"[\W_]+", text.casefold()) if len(part) > 3
    }
    left = bare
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    of_known_words = len(left) < 4 and len(bare) != len(left)
    if len(set(password)) < 5 or is_a_run(password) or is_repeated(password) or of_known_words:
        raise refusals.PasswordKnown


def is_a_run(password: str) -> bool:
    """Whether the signs follow one another, such as 123456789012 or abcdefghijkl."""
    if password.isascii() and password.isdigit():
        return len({(int(after) - int(before)) % 10 for before, after in pairwise(password)}) == 1
    return len({ord(after) - ord(before) for before, after in pairwise(password)}) == 1


def is_repeated(password: str) -> bool:
    """Whether it is one short part again and again, such as kelp7kelp7kelp7."""
    whole = len(password)
    return any(password == (password[:part] * whole)[:whole] for part in range(1, 7))
