"""Sets up what the service needs, and serves it: what `make run` runs. Standard library only.

Each step leaves a stamp beside what it made: a digest of what it was made from. Where the digest still
fits there is nothing to do, so a second start runs this program and the server, and no other Python.
Whoever removes a folder removes its stamp with it, and the next start makes it again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE = ROOT / ".node"
BUILT = ROOT / "app" / "static" / "built"
TEXTS = ROOT / "translations"
INSTANCE = ROOT / "instance"
SETTINGS = ROOT / ".env"
SIGN_INS = INSTANCE / "demo-credentials.json"

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))
SECONDS_TO_ANSWER = 60
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """The exit code of `run`, `tests-environment` or `assets`."""
    os.chdir(ROOT)
    check_python()
    jobs: dict[str, Callable[[], int | None]] = {
        "run": run,
        "tests-environment": tests_environment,
        "assets": set_up_assets,
    }
    try:
        return jobs[arguments[0]]() or 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except subprocess.CalledProcessError as failed:
        print(f"\nStopped: {' '.join(map(str, failed.cmd))} ended with {failed.returncode}.", file=sys.stderr)
        return 1


def run() -> int:
    """Set up what is missing, then serve until Ctrl-C."""
    environment()
    assets()
    os.umask(0o077)  # settings, databases and uploaded files are for whoever runs this, and nobody else
    settings()
    database()
    return serve()


def tests_environment() -> None:
    """All that the tests need on this machine, but for the databases (`tools/services.py`)."""
    environment(also="requirements-dev.txt")
    assets()


def set_up_assets() -> None:
    """Style sheet and scripts, with the Python that builds them."""
    environment()
    assets()


# --- Steps: what is made, from what, and how ---


def once(stamp: Path, sources: Iterable[Path], says: str, do: Callable[[], object]) -> None:
    """Call `do` unless `stamp` says that it was done with the same `sources`."""
    digest = digest_of(sources)
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    print(f"{says} ...", flush=True)
    do()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest, encoding="ascii")


def digest_of(sources: Iterable[Path]) -> str:
    """One digest of all files in `sources` (folders with all that is in them), by name and contents."""
    total = hashlib.sha256()
    for source in sources:
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".stamp"):
                total.update(f"{file.relative_to(ROOT)}\n".encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def environment(also: str = "") -> None:
    """`.venv/` holds what the lock file names, hashes checked; with `also`, what that file names too."""
    service = [ROOT / "requirements.txt"]
    make_virtual_environment(VENV)
    once(VENV / ".stamp", service, "Installing what the service runs on", lambda: install(VENV, service))
    if also:
        every = [*service, ROOT / also]
        once(
            VENV / ".stamp-dev", every, "Installing what tests and checks need", lambda: install(VENV, every)
        )
    compile_texts()


def make_virtual_environment(folder: Path) -> None:
    """`folder` is a virtual environment whose Python runs.

    Raises:
        SystemExit: Debian's `python3-venv` is missing.
    """
    if (folder / "bin" / "python").exists():
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise SystemExit("Install python3-venv: sudo apt install python3-venv")
    print(f"Making {folder.name}/ ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)


def install(folder: Path, locks: list[Path]) -> None:
    """What `locks` name is in the virtual environment `folder`."""
    named = [word for lock in locks for word in ("-r", str(lock))]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install"]
    subprocess.run([*pip, *quiet, "--require-hashes", *named], check=True)


def compile_texts() -> None:
    """Each catalogue of `translations/` stands beside its source in the form that is read while serving."""
    catalogues = sorted(TEXTS.rglob("*.po"))
    command = [str(VENV / "bin" / "pybabel"), "--quiet", "compile", "--directory", str(TEXTS)]
    if catalogues:
        once(TEXTS / ".stamp", catalogues, "Compiling texts", lambda: subprocess.run(command, check=True))


def assets() -> None:
    """Style sheet and scripts are built from their lock file."""
    names = ("package.json", "package-lock.json", ".npmrc", "assets", "app/assets.py")
    once(BUILT / ".stamp", [ROOT / name for name in names], "Building style sheet and scripts", build_assets)


def build_assets() -> None:
    """Built with a Node that is on the machine, else with one of our own."""
    command = "from pathlib import Path; from app.assets import build; build(Path.cwd())"
    subprocess.run([str(PYTHON), "-c", command], check=True, env=with_node())


def with_node() -> dict[str, str]:
    """The environment variables under which `node` and `npm` are found."""
    if node_on_path() >= OLDEST_NODE and shutil.which("npm"):
        return dict(os.environ)
    locks = [ROOT / "requirements-node.txt"]
    make_virtual_environment(NODE)
    once(NODE / ".stamp", locks, "Installing Node", lambda: install(NODE, locks))
    return {**os.environ, "PATH": os.pathsep.join([str(NODE / "bin"), os.environ.get("PATH", "")])}


def node_on_path() -> int:
    """Major version of the Node on this machine; 0 where there is none."""
    if not shutil.which("node"):
        return 0
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


# --- The deployment: settings and database ---


def settings() -> None:
    """`.env` is there: written once, with random secrets, readable by its owner only."""
    if SETTINGS.exists():
        return
    print("Writing .env with new secrets ...", flush=True)
    lines = (
        "# Written once by the first `make run`. What can be set is in config.py.",
        f"SECRET_KEY={secrets.token_urlsafe(32)}",
        "# The sample key of the demonstration; production refuses it. `flask vault init` makes a real one.",
        f"MASTER_KEY={sample_key()}",
        "# People and schools of the demonstration are made up; the footer says so.",
        "MADE_UP=yes",
        "# DATABASE_URL=postgresql://sixterms@127.0.0.1/sixterms",
    )
    SETTINGS.touch(mode=0o600, exist_ok=False)
    SETTINGS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def sample_key() -> str:
    """The master key that is marked as a sample."""
    command = [str(PYTHON), "-c", "from app.vault.master import SAMPLE_MASTER_KEY; print(SAMPLE_MASTER_KEY)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def database() -> None:
    """Tables, roles and rights are as the code wants them; a new database holds the demonstration."""
    sources = [ROOT / "migrations", ROOT / "app" / "access", ROOT / "app" / "views.py", SETTINGS]
    once(INSTANCE / ".stamp", sources, "Preparing the database", release)


def release() -> None:
    """Tables and roles are there; a database of our own that is new holds the demonstration."""
    INSTANCE.mkdir(exist_ok=True)
    unfinished = INSTANCE / ".demonstration-unfinished"
    ours = "DATABASE_URL=" not in uncommented(SETTINGS) and "DATABASE_URL" not in os.environ
    if ours and unfinished.exists():  # stopped half-way: only made-up people are in it, so it starts anew
        for end in ("", "-wal", "-shm"):
            (INSTANCE / f"sixterms.db{end}").unlink(missing_ok=True)
    if ours and not (INSTANCE / "sixterms.db").exists():
        unfinished.touch()
    subprocess.run([str(PYTHON), "-m", "flask", "release"], check=True)
    if unfinished.exists():
        print("Making up people and schools ...", flush=True)
        subprocess.run([str(PYTHON), "-m", "flask", "demo"], check=True)
        unfinished.unlink()


def uncommented(file: Path) -> str:
    """What `file` says outside its comments."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


# --- Serving ---


def serve() -> int:
    """Server and background worker, side by side, until Ctrl-C or until one of them ends.

    Raises:
        SystemExit: another program has the port.
    """
    if answers():
        raise SystemExit(f"Port {PORT} is taken by another program. Try: make run PORT={PORT + 1}")
    environ = {**os.environ, "HOST": HOST, "PORT": str(PORT)}
    for leaving in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(leaving, leave)
    running = [begin(environ, "run.py")]
    try:
        wait_until_it_answers(running[0])
        running.append(begin(environ, "-c", "from app.worker import main; main()"))
        print(f"Sixterms is at http://{HOST}:{PORT} (Ctrl-C ends it)", flush=True)
        if SIGN_INS.exists():
            print(f"Sign-ins of the demonstration: {SIGN_INS.relative_to(ROOT)}", flush=True)
        while all(each.poll() is None for each in running):
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nEnding ...", flush=True)
        return end(running)
    end(running)
    return running[0].returncode or 1


def leave(*_: object) -> None:
    """Ends the wait in `serve`, however this program was told to go.

    Raises:
        KeyboardInterrupt: always.
    """
    raise KeyboardInterrupt


def begin(environ: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    """A Python of ours at work. Ctrl-C reaches only this program, which then ends the others in order."""
    return subprocess.Popen([str(PYTHON), *words], env=environ, start_new_session=True)


def answers() -> bool:
    """Whether a program listens where we serve."""
    with socket.socket() as knock:
        return knock.connect_ex((HOST, PORT)) == 0


def wait_until_it_answers(server: subprocess.Popen[bytes]) -> None:
    """The worker starts after this, so that it takes no time from the server's start.

    Raises:
        SystemExit: the server ended, or is not there after a minute.
    """
    until = time.monotonic() + SECONDS_TO_ANSWER
    while not answers():
        if server.poll() is not None or time.monotonic() > until:
            end([server])
            raise SystemExit("The server did not start; the reason stands above.")
        time.sleep(0.05)


def end(running: list[subprocess.Popen[bytes]]) -> int:
    """Every process in `running` has ended; those that stay for ten seconds are killed. Returns 0."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in running:
        if each.poll() is None:
            each.terminate()
    for each in running:
        try:
            each.wait(timeout=10)
        except subprocess.TimeoutExpired:
            each.kill()
            each.wait()
    return 0


def check_python() -> None:
    """This Python is new enough.

    Raises:
        SystemExit: it is not; the message says what to do.
    """
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        have = ".".join(map(str, sys.version_info[:2]))
        raise SystemExit(f"Python {wanted} or later is needed, not {have}: make run PYTHON=python{wanted}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
