"""Serves the service: `python run.py`. `make run` sets everything up first, calls this, and the worker beside it.

Sync workers: one request a process. `HOST`, `PORT` and `WEB_WORKERS` say where and how many.
"""

import os
import sys
from pathlib import Path

from config import ROOT, from_environment


def main() -> None:
    """Becomes the web server.

    Raises:
        SystemExit: production, and something is not as production needs it.
    """
    from app.readiness import refuse_to_start_unready

    refuse_to_start_unready(from_environment())
    os.chdir(ROOT)
    os.umask(0o077)  # what is written here is its owner's alone
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    address = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8080')}"
    os.execv(  # noqa: S606 - our own server, arguments of our own
        gunicorn,
        [
            gunicorn,
            "--bind",
            address,
            "--workers",
            os.environ.get("WEB_WORKERS", "2"),
            "--preload",
            "--no-control-socket",
            "--log-level",
            "warning",
            "app:create_app()",
        ],
    )


if __name__ == "__main__":
    main()
