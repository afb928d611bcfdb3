"""The same sessions of the people of the world as in `tests/access`."""

from tests.access.conftest import acting, house, signed_in_as

__all__ = ["acting", "house", "signed_in_as"]
