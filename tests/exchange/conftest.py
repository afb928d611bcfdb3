"""Starts, leavings and outcomes that wait to be sent."""

import pytest
from flask import Flask

from tests.access.conftest import signed_in_as  # noqa: F401 - a fixture for these tests as well
from tests.induction.conftest import Course
from tests.world import World


@pytest.fixture
def course(app: Flask, world: World) -> Course:
    return Course(app, world)


@pytest.fixture
def ready(course: Course) -> Course:
    """Amara has passed, Cora has left, Eve goes on: five events, each to be told once."""
    course.begin("amara")
    course.decide("amara")
    course.begin("cora", "birch")
    course.leave("cora", terms="2.5", who="admin")
    course.begin("eve", "cedar")
    return course
