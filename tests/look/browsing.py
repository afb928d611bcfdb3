"""The sample pages on a port of this machine, and Debian's Chromium to look at them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests.look.samples import sample_app

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# It runs as root in CI, and asks nobody outside for anything.
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WIDTHS = (1280, 375, 320)


@contextmanager
def served() -> Iterator[str]:
    """Address of the running samples."""
    server = make_server("127.0.0.1", 0, sample_app(), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        try:
            yield browser
        finally:
            browser.close()
