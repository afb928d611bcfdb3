"""Pictures of every sample page at three widths, to be looked at: `python tests/look/shoot.py FOLDER [NAME…]`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.look.browsing import WIDTHS, chromium, served  # noqa: E402 - the path comes first
from tests.look.samples import SAMPLES  # noqa: E402


def shoot(folder: Path, names: list[str]) -> None:
    """One picture a page and width, `folder/<name>-<width>.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    with served() as address, chromium() as browser:
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 800})
            for name in names:
                page.goto(f"{address}/{name}")
                page.screenshot(path=str(folder / f"{name}-{width}.png"), full_page=True)
            page.close()


if __name__ == "__main__":
    shoot(Path(sys.argv[1]), sys.argv[2:] or list(SAMPLES))
