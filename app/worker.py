"""The worker: `python -m app.worker`. Any number of them, on any number of machines where the queue is Redis."""

import logging
import os

from app import create_app
from app.access.scope import for_the_house
from app.jobs import jobs, take_up


def main() -> None:
    """Takes up what an earlier worker left, then works until it is stopped."""
    os.umask(0o077)  # what is written here is its owner's alone
    logging.basicConfig(level=logging.WARNING)
    with create_app().app_context():
        with for_the_house():
            take_up()
        queue = jobs.queue
    queue.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=2).run()


if __name__ == "__main__":
    main()
