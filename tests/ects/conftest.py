"""The facts of the world's ECTs, and who has changed them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.access.scope import for_the_house
from app.extensions import db


@pytest.fixture
def in_house(app: Flask) -> Callable[[Callable[[], Any]], Any]:
    """Asks something as the house, and keeps what it did."""

    def ask(what: Callable[[], Any]) -> Any:
        with app.app_context(), for_the_house():
            found = what()
            db.session.commit()
            return found

    return ask
