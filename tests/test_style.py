"""What no linter holds: sizes, the named edges, and what may not stand in the repository."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FUNCTION = 60
LONGEST_FILE = 400

# Where anything that goes wrong is logged and the work goes on.
EDGES = {"app/jobs.py", "app/cli.py", "app/error_pages.py", "app/messages/outbox.py"}

# Reviewed: the only places that speak to the database below SQLAlchemy.
BELOW_SQLALCHEMY = {"app/extensions.py", "app/access/walls.py"}
BELOW_SQLALCHEMY_FOLDERS = ("migrations/", "app/vault/")
RAW = re.compile(r"\bdriver_connection\b|\bdbapi_connection\b|\braw_connection\(|\.cursor\(")

# Hosts of registries: a lock file that names one installs from there only.
REGISTRIES = re.compile(
    r"https?://[^\s\"']*(pypi|pythonhosted|npmjs|registry|artifactory|nexus)", re.IGNORECASE
)
# Folders of one machine. `/usr/bin/chromium` and the like are Debian's, the same everywhere.
MACHINE = re.compile(r"(?<![\w./-])/(work|home|root|Users|farm|mnt)/[\w.-]+")
BINARY = {".png", ".ico", ".woff2", ".mo", ".zip", ".db"}


def ours() -> list[Path]:
    """Python files that the service runs."""
    return [*sorted(ROOT.glob("app/**/*.py")), ROOT / "config.py"]


def committed() -> list[Path]:
    """Every text file of the repository, as far as it has been written."""
    names = (ROOT / name for name in with_git() or without_git() if Path(name).suffix not in BINARY)
    return sorted(file for file in names if file.is_file())


def with_git() -> list[str]:
    """What git has, or would take; nothing where there is no git or the code came as an archive."""
    if shutil.which("git") is None:
        return []
    asks = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(asks, cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()


def without_git() -> list[str]:
    """Every file but those that are made."""
    made = {".venv", ".node", "node_modules", "instance", "built", "__pycache__"}
    files = (file.relative_to(ROOT) for file in ROOT.rglob("*") if file.is_file())
    return [
        str(file)
        for file in files
        if not made.intersection(file.parts) and not file.name.endswith((".pyc", ".env"))
    ]


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def found(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """`file:line: text` of each line of `files` that has `pattern`."""
    return [
        f"{name_of(file)}:{number}: {line.strip()[:120]}"
        for file in files
        for number, line in enumerate(
            file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if pattern.search(line)
    ]


def long_functions(source: str, longest: int = LONGEST_FUNCTION) -> Iterator[str]:
    """`line name: lines` of each function of more than `longest` lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > longest:
                yield f"{node.lineno} {node.name}: {lines}"


def swallowed(source: str) -> list[int]:
    """Lines of `except Exception`, `except BaseException` and bare `except` that do not end in `raise`."""
    handlers = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ExceptHandler)]
    return [each.lineno for each in handlers if catches_all(each.type) and not goes_on_up(each)]


def goes_on_up(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def catches_all(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        each is None or (isinstance(each, ast.Name) and each.id in {"Exception", "BaseException"})
        for each in names
    )


class TestSize:
    """House rule: a function fits a screen, a file says one thing."""

    def test_no_function_has_more_than_sixty_lines(self):
        assert [
            f"{name_of(file)}:{each}" for file in ours() for each in long_functions(file.read_text())
        ] == []

    def test_no_file_has_more_than_four_hundred_lines(self):
        lengths = {name_of(file): len(file.read_text().splitlines()) for file in ours()}
        assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}

    def test_the_measure_finds_a_long_function(self):
        assert list(long_functions("def f():\n" + "    pass\n" * 60)) == ["1 f: 61"]


class TestNamedEdges:
    """House rule: `except Exception` stands only where it logs and goes on."""

    def test_only_the_named_edges_catch_everything(self):
        caught = [f"{name_of(file)}:{line}" for file in ours() for line in swallowed(file.read_text())]
        assert [each for each in caught if each.split(":")[0] not in EDGES] == []

    @pytest.mark.parametrize(
        "words", ["except Exception:", "except (KeyError, Exception):", "except BaseException:", "except:"]
    )
    def test_each_way_to_catch_everything_is_seen(self, words):
        assert swallowed(f"try:\n    f()\n{words}\n    pass\n") == [3]

    def test_one_that_tidies_up_and_raises_again_swallows_nothing(self):
        assert swallowed("try:\n    f()\nexcept BaseException:\n    undo()\n    raise\n") == []


class TestWalls:
    """Scope lives in the session: nothing goes round it."""

    def test_only_reviewed_modules_speak_to_the_database_below_sqlalchemy(self):
        free = [file for file in ours() if not reviewed(name_of(file))]
        assert found(RAW, free) == []

    @pytest.mark.parametrize(
        "line", ["db.engine.raw_connection()", "c.cursor()", "c.connection.driver_connection"]
    )
    def test_each_way_round_is_seen(self, line):
        assert RAW.search(line)


def reviewed(name: str) -> bool:
    return name in BELOW_SQLALCHEMY or name.startswith(BELOW_SQLALCHEMY_FOLDERS)


class TestTemplates:
    """The content security policy allows nothing inline."""

    INLINE = re.compile(
        r"<[a-z][^>]*\s(style|on[a-z]+)\s*=|<script(?![^>]*\ssrc=)|<style\b|javascript:", re.IGNORECASE
    )

    def test_no_template_has_inline_style_or_script(self):
        assert found(self.INLINE, sorted(ROOT.glob("app/**/*.html"))) == []

    @pytest.mark.parametrize(
        "line", ['<p style="x">', '<a onclick="x">', "<script>", "<style>", '<a href="javascript:x">']
    )
    def test_each_kind_of_inline_is_seen(self, line):
        assert self.INLINE.search(line)


class TestNothingOfAMachine:
    """An empty clone on another machine works the same."""

    def test_lock_files_name_no_registry_host(self):
        locks = [*ROOT.glob("requirements*.txt"), *ROOT.glob("requirements*.in"), *ROOT.glob("package*.json")]
        assert len(locks) >= 6
        assert found(REGISTRIES, locks) == []

    def test_with_and_without_git_the_same_files_are_looked_at(self):
        assert {name_of(file) for file in committed()} >= {"Makefile", "config.py", "tests/test_style.py"}
        assert set(without_git()) >= {"Makefile", "config.py", "tests/test_style.py"}

    def test_no_file_names_a_folder_of_one_machine(self):
        assert found(MACHINE, [file for file in committed() if file != Path(__file__)]) == []

    @pytest.mark.parametrize("line", ["open('/home/priya/x')", "cd /work/x"])
    def test_a_folder_of_one_machine_is_seen(self, line):
        assert MACHINE.search(line)

    def test_an_address_of_the_service_is_not_taken_for_a_folder(self):
        assert not MACHINE.search('href="https://sixterms.example/home/today"')
