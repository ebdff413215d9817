"""Public data: the right bytes under their name, or one message and nothing."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.reference_data import REFERENCE, Reference

from simulator.errors import SimulatorError
from simulator.public_data.catalogue import FOLDER_VARIABLE, DataFile, DataSet, data_folder, data_set, data_sets
from simulator.public_data.fetching import fetch, take

CONTENT = {"one.stl": b"solid one", "two.json": b"{}"}


class Silent(SimpleHTTPRequestHandler):
    """A server that prints nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Yield a folder with files and the address under which a server on this computer gives them out."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder))) as server:
        worker = threading.Thread(target=server.serve_forever)
        worker.start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        worker.join()


def set_at(address: str | None) -> DataSet:
    files = [DataFile(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in CONTENT.items()]
    return DataSet("toy", "Toy", "tests", "a home", "MIT", "toy", tuple(files), address, "Ask.")


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_is_fetched_is_what_the_home_has(home, tmp_path: Path) -> None:
    wanted, root = set_at(home[1]), tmp_path / "mine"
    assert not wanted.is_present(root)
    assert [line.rpartition(": ")[2] for line in fetch(wanted, root)] == ["fetched, 9 bytes", "fetched, 2 bytes"]
    assert files_in(root / "toy") == CONTENT
    assert wanted.is_present(root)


def test_what_is_there_is_not_fetched_again(home, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    list(fetch(set_at(home[1]), root))
    (home[0] / "one.stl").unlink()
    assert all(line.endswith(": present") for line in fetch(set_at(home[1]), root))


def test_a_file_of_the_same_name_with_other_content_is_replaced(home, tmp_path: Path) -> None:
    wanted, root = set_at(home[1]), tmp_path / "mine"
    (root / "toy").mkdir(parents=True)
    (root / "toy" / "one.stl").write_bytes(b"solid other")
    assert wanted.files[0].state(root / "toy") == "another file"
    list(fetch(wanted, root))
    assert files_in(root) == CONTENT


def test_a_wrong_checksum_is_refused_and_nothing_of_it_is_kept(home, tmp_path: Path) -> None:
    (home[0] / "one.stl").write_bytes(b"solid ONE")
    with pytest.raises(SimulatorError, match=r"one\.stl: must be .* was [0-9a-f]{64}; nothing of it is kept"):
        list(fetch(set_at(home[1]), tmp_path / "mine"))
    assert files_in(tmp_path / "mine") == {}


def test_what_the_home_has_not_is_told_with_the_way_by_hand(home, tmp_path: Path) -> None:
    (home[0] / "two.json").unlink()
    told = r"two\.json: refused with HTTP status 404; its home is a home \(MIT\)\. Ask\. .*fetch toy --from FOLDER"
    with pytest.raises(SimulatorError, match=told):
        list(fetch(set_at(home[1]), tmp_path / "mine"))
    assert files_in(tmp_path / "mine") == {"one.stl": CONTENT["one.stl"]}


def test_without_a_network_there_is_one_message(tmp_path: Path) -> None:
    """Nobody listens on port 9 of this computer."""
    with pytest.raises(SimulatorError, match="cannot be reached; is there a network"):
        list(fetch(set_at("http://127.0.0.1:9/"), tmp_path / "mine"))
    assert files_in(tmp_path / "mine") == {}


def test_what_has_no_address_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match="toy: cannot be fetched; its home is a home"):
        list(fetch(set_at(None), tmp_path))


def test_files_are_taken_from_a_folder_all_or_none(home, tmp_path: Path) -> None:
    root = tmp_path / "mine"
    (home[0] / "two.json").write_bytes(b"[]")
    with pytest.raises(SimulatorError, match=r"--from .*two\.json: must be the file"):
        list(take(set_at(None), home[0], root))
    (home[0] / "two.json").unlink()
    with pytest.raises(SimulatorError, match=r"must hold all files of toy; missing: two\.json"):
        list(take(set_at(None), home[0], root))
    assert not root.exists()
    (home[0] / "two.json").write_bytes(CONTENT["two.json"])
    list(take(set_at(None), home[0], root))
    assert files_in(root) == CONTENT


def test_the_folder_is_the_one_that_is_named_or_the_user_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert data_folder().name == "reference" and "treatment-geometry-simulator" in str(data_folder())


def test_every_set_says_where_it_comes_from_and_under_which_terms() -> None:
    assert data_sets()
    for name, each in data_sets().items():
        assert name == each.name and each.title and each.used_for and each.licence and each.files
        assert each.home.startswith("https://")
        assert each.by_hand and (each.address is None or each.address.startswith("https://"))
        for file in each.files:
            assert Path(file.name).name == file.name and file.bytes > 0
            assert len(file.sha256) == 64 and int(file.sha256, 16) >= 0


@pytest.mark.parametrize("name", list(data_sets()))
def test_checksums_are_those_of_the_files_that_tests_read(name: str) -> None:
    each = data_set(name)
    places = [REFERENCE / (file.name if each.folder == "." else f"{each.folder}/{file.name}") for file in each.files]
    if not all(place.exists() for place in places):
        pytest.skip(f"{name} is not here: simulator data")
    for file, place in zip(each.files, places, strict=True):
        assert file.state(place.parent) == "present", file.name
        assert file.bytes == place.stat().st_size


def test_tests_look_where_data_were_fetched_first(tmp_path: Path) -> None:
    fetched, shared = tmp_path / "fetched", tmp_path / "shared"
    for folder in (fetched / "one", shared / "one", shared / "two"):
        folder.mkdir(parents=True)
    found = Reference(fetched, shared)
    assert found / "one" == fetched / "one"
    assert found / "two" == shared / "two"
    assert not (found / "three").exists()


def test_unknown_names_are_answered_with_those_there_are() -> None:
    with pytest.raises(SimulatorError, match="unknown name 'truebeam'; available: truebeam_stx, "):
        data_set("truebeam")
