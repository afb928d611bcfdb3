"""Style sheet, script and images: compiled by npm's `sass`, named after their content.

`assets/` is the source, `app/static/built/` the result, `manifest.json` in it says which name became which.
"""

import hashlib
import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from flask import url_for

BUILT = Path(__file__).resolve().parent / "static" / "built"
MANIFEST = "manifest.json"
# Longer names than this buy nothing: 48 bits tell one build from another.
HASH_LENGTH = 12


def build(root: Path, npm: str = "npm", node: str = "node") -> None:
    """All of `assets/` compiled into `app/static/built/`; older builds are gone.

    Args:
        root: the checkout.
        npm: path or name of npm; asked only when `package-lock.json` changed since it last ran.
        node: path or name of Node 20 or later.

    Raises:
        SystemExit: npm or sass failed; the message is theirs.
    """
    install(root, npm, node)
    made = {"meter.svg": b"", "logo.svg": b""}
    for name in made:
        made[name] = (root / "assets" / "images" / name).read_bytes()
    made["govuk-frontend.js"] = frontend_script(root)
    made["sixterms.js"] = (root / "assets" / "sixterms.js").read_bytes()
    made["sixterms.css"] = style_sheet(root, node)
    write(root / "app" / "static" / "built", made)
    names.cache_clear()


def install(root: Path, npm: str, node: str) -> None:
    """`node_modules/` holds what the lock file says."""
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == lock:
        return
    run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], root, node)
    stamp.write_text(lock)


def style_sheet(root: Path, node: str) -> bytes:
    """`assets/sixterms.scss` compiled with GOV.UK Frontend, compressed."""
    sass = str(root / "node_modules" / "sass" / "sass.js")
    options = ["--style=compressed", "--no-source-map", "--quiet-deps", "--load-path=node_modules"]
    return run([node, sass, *options, "assets/sixterms.scss"], root, node)


def frontend_script(root: Path) -> bytes:
    """GOV.UK Frontend's own script, without the address of a source map that we do not serve."""
    path = root / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.js"
    return re.sub(rb"//# sourceMappingURL=\S+\s*$", b"", path.read_bytes())


def write(built: Path, made: dict[str, bytes]) -> None:
    """Files under their new names, then the manifest, then nothing else.

    Args:
        made: contents by name, in an order in which a file follows those that it refers to.
    """
    built.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, str] = {}
    for name, content in made.items():
        pointed = refer(content, manifest)
        stem, suffix = name.rsplit(".", 1)
        manifest[name] = f"{stem}.{hashlib.sha256(pointed).hexdigest()[:HASH_LENGTH]}.{suffix}"
        (built / manifest[name]).write_bytes(pointed)
    beside = built / f"{MANIFEST}.new"
    beside.write_text(json.dumps(manifest, indent=1))
    beside.replace(built / MANIFEST)
    for path in built.iterdir():
        if path.name not in {MANIFEST, *manifest.values()}:
            path.unlink()


def refer(content: bytes, manifest: dict[str, str]) -> bytes:
    """`content` with each quoted or bracketed name of a built file replaced by its new one."""
    for name, new in manifest.items():
        named = re.compile(rb"""(['"(](?:\./)?)""" + re.escape(name.encode()) + rb"""(?=['")])""")
        content = named.sub(lambda found, new=new: found[1] + new.encode(), content)  # type: ignore[misc]
    return content


def run(command: list[str], root: Path, node: str) -> bytes:
    """What `command` printed.

    Raises:
        SystemExit: it failed.
    """
    # npm starts Node by name, so the folder of ours comes first.
    folders = [str(Path(node).parent)] if os.sep in node else []
    path = os.pathsep.join([*folders, os.environ["PATH"]])
    try:
        done = subprocess.run(  # noqa: S603 - our own words, no shell
            command, cwd=root, env={**os.environ, "PATH": path}, capture_output=True, check=True
        )
    except FileNotFoundError as missing:
        raise SystemExit(f"{command[0]} was not found: install Node 20 or later.") from missing
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"{' '.join(command)}\n{failed.stderr.decode(errors='replace')}") from failed
    return done.stdout


@cache
def names() -> dict[str, str]:
    """The manifest; empty where nothing was built."""
    try:
        read: dict[str, str] = json.loads((BUILT / MANIFEST).read_text())
    except FileNotFoundError:
        return {}
    return read


def asset(name: str) -> str:
    """Address of a built file, such as `/static/built/sixterms.4f2a9c41d07e.css`.

    A name that was not built keeps its own: the page then comes without its looks, but it comes.
    """
    return url_for("static", filename=f"built/{names().get(name, name)}")
