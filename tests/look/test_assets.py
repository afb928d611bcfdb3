import json
import re

from app.assets import asset, names, refer, write
from tests.look.samples import ROOT, sample_app


class TestNames:
    """A file is called after its content, so that it may be kept for ever."""

    def test_equal_content_gives_an_equal_name_and_other_content_another(self, tmp_path):
        write(tmp_path, {"a.css": b"one"})
        first = json.loads((tmp_path / "manifest.json").read_text())["a.css"]
        write(tmp_path, {"a.css": b"two"})
        second = json.loads((tmp_path / "manifest.json").read_text())["a.css"]
        write(tmp_path, {"a.css": b"one"})
        assert json.loads((tmp_path / "manifest.json").read_text())["a.css"] == first != second

    def test_older_builds_are_gone(self, tmp_path):
        write(tmp_path, {"a.css": b"one"})
        write(tmp_path, {"a.css": b"two"})
        assert len(list(tmp_path.glob("a.*.css"))) == 1

    def test_a_file_refers_to_the_others_by_their_new_names(self, tmp_path):
        write(tmp_path, {"m.svg": b"<svg/>", "a.css": b'x{background:url("m.svg")}'})
        manifest = json.loads((tmp_path / "manifest.json").read_text())
        assert (tmp_path / manifest["a.css"]).read_text() == f'x{{background:url("{manifest["m.svg"]}")}}'

    def test_only_whole_names_are_replaced(self):
        assert refer(b"import './a.js'; 'data.js'", {"a.js": "a.1.js"}) == b"import './a.1.js'; 'data.js'"

    def test_a_change_in_a_file_renames_those_that_refer_to_it(self, tmp_path):
        write(tmp_path, {"m.svg": b"one", "a.css": b"url(m.svg)"})
        before = json.loads((tmp_path / "manifest.json").read_text())["a.css"]
        write(tmp_path, {"m.svg": b"two", "a.css": b"url(m.svg)"})
        assert json.loads((tmp_path / "manifest.json").read_text())["a.css"] != before


class TestLookUp:
    def test_a_page_asks_for_the_name_with_its_hash(self):
        with sample_app().test_request_context():
            assert re.fullmatch(r"/static/built/sixterms\.[0-9a-f]{12}\.css", asset("sixterms.css"))

    def test_a_file_that_was_not_built_keeps_its_name(self):
        with sample_app().test_request_context():
            assert asset("nowhere.css") == "/static/built/nowhere.css"


class TestStyleSheet:
    """Screens 5: system fonts, nothing downloaded, no sign of GOV.UK's identity."""

    def test_loads_no_font_and_carries_no_crown(self):
        text = (ROOT / "app" / "static" / "built" / names()["sixterms.css"]).read_text()
        assert "govuk-summary-list" in text
        assert not re.search(r"@font-face|GDS Transport|crown|url\([^)]*//", text, re.IGNORECASE)


class TestLockFile:
    """Issue 2, point 1: the lock files name no registry host."""

    def test_names_no_place_to_download_from(self):
        packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
        assert packages["node_modules/govuk-frontend"]["version"] == "6.3.0"
        assert [name for name, package in packages.items() if "resolved" in package] == []
