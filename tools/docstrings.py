"""Checks that what a docstring says is true: what `make check` runs over `app/`.

pydoclint also wants every argument and every return described. Here a section stands only where the name
does not say it, so those findings are dropped. A section that is there must fit the code. Whatever raises
says so; it may name the family, and a verb also names what the rules that it asks refuse.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# No section (101, 201, 402), types that stand in the signature (105, 109, 203, 404), and what is raised
# further down or told by the family's name (502, 503).
NOT_ASKED = ("DOC101", "DOC105", "DOC109", "DOC201", "DOC203", "DOC402", "DOC404", "DOC502", "DOC503")
UNKNOWN_ARGUMENT = "Arguments in the docstring but not in the function signature"


def main(places: list[str]) -> int:
    """1 where a docstring says what is not so; each finding is printed as `file: line: what`."""
    command = [str(Path(sys.executable).with_name("pydoclint")), "--config", "pyproject.toml", *places]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in (said.stdout + said.stderr).splitlines() if line.strip()]
    findings = []
    file = ""
    for line in lines:
        if not line.startswith(" "):
            file = line
        elif matters(line):
            findings.append(f"{file}: {line.strip()}")
    print("\n".join(findings) or "Docstrings say what is so.")
    return 1 if findings else 0


def matters(finding: str) -> bool:
    """Whether the finding tells of a section that is untrue."""
    if "DOC103" in finding:
        return UNKNOWN_ARGUMENT in finding
    return not any(code in finding for code in NOT_ASKED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
