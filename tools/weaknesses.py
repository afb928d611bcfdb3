"""Asks whether a part that we run on has a known weakness: the last step of `make check`.

Where the list of weaknesses cannot be reached a line says so and the check goes on: the answer depends on
the day, not on the change that is checked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = "requirements.txt"
SECONDS = 120


def main() -> int:
    """1 where a part has a known weakness; each is printed with the version that mends it."""
    audited, unknown = [], 0
    for part in ask():
        audited += [(part, weakness) for weakness in part.get("vulns", ())]
        unknown += "skip_reason" in part
    for part, weakness in audited:
        mended = ", ".join(weakness["fix_versions"]) or "no version yet"
        print(f"{part['name']} {part['version']}: {weakness['id']}, mended in {mended}")
    if unknown:
        print(f"Left out: known weaknesses of {unknown} parts (the list cannot be reached from here)")
    elif not audited:
        print("No part has a known weakness.")
    return 1 if audited else 0


def ask() -> list[dict[str, Any]]:
    """What pip-audit says of each part in the lock file; one unknown part where it cannot say anything."""
    program = str(Path(sys.executable).with_name("pip-audit"))
    asks = ["-r", LOCK, "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    try:
        said = subprocess.run([program, *asks], capture_output=True, text=True, check=False, timeout=SECONDS)
        parts: list[dict[str, Any]] = json.loads(said.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return [{"name": "all", "skip_reason": "no answer"}]
    return parts


if __name__ == "__main__":
    sys.exit(main())
