"""Commands print and draw wherever they are run: in another encoding, into a full disk, with another's screen."""

import errno
import json
import os
import subprocess
import sys

import pytest
from support.campaign import more

COARSE = ("--gantry-step", "90", "--couch-step", "90", "--method", "sampled")


def simulator(*arguments, cwd=None, stdout=subprocess.PIPE, **environment):
    return subprocess.run(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=cwd,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("encoding", ["ascii", *more("cp1252")])
def test_any_encoding(tmp_path, encoding):
    """π, °, × and – are written as they are, or plainly; JSON stays JSON, and files are UTF-8."""
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    title = "Água: 30° × π – ą"
    scenario = f'title = "{title}"\n[patient]\nmodel = "point"\nsite = "point"\n'
    (tmp_path / "case.toml").write_text(scenario, encoding="utf-8")
    done = simulator("run", "case.toml", "--json", *COARSE, cwd=tmp_path, **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["title"] == title
    assert json.loads((tmp_path / "results/case/result.json").read_text(encoding="utf-8"))["title"] == title
    done = simulator("compare", *2 * ("results/case/map.nc",), cwd=tmp_path, **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    printed = done.stdout.decode(encoding)
    assert "Água: 30° × pi – a" in printed or "Agua: 30 deg x pi - a" in printed


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")  # noqa: PTH110
def test_output_that_takes_no_more():
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = simulator("list", stdout=full)
    assert (done.returncode, done.stderr.decode().count("\n")) == (2, 1)
    assert os.strerror(errno.ENOSPC) in done.stderr.decode()
    read, write = os.pipe()
    os.close(read)
    done = simulator("list", stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="screens are found by DISPLAY on Linux")
def test_a_screen_that_is_not_there_any_more():
    done = simulator("view", "box", "--room-only", DISPLAY=":7777")
    assert done.returncode == 2
    message = done.stderr.decode()
    assert message.startswith("simulator: there is no screen") and message.count("\n") == 1 and ":7777" in message


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", *more("nonsense")])
def test_the_backend_of_another(tmp_path, backend):
    done = simulator("run", "open_space", "--json", *COARSE, cwd=tmp_path, MPLBACKEND=backend)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "results/open_space/map.png").stat().st_size > 0


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from simulator.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of the size of files")
@pytest.mark.parametrize("limit", [0, *more(20_000)])
def test_a_disk_that_fills_up(tmp_path, limit):
    """At each of the files in turn: what an earlier run wrote stays whole, and nothing new is left."""
    pytest.importorskip("resource")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/map.nc").write_text("earlier")
    page, baseline = tmp_path / "page.html", tmp_path / "base.nc"
    for command in (
        ("run", "open_space", "--output", "out", "--json", *COARSE),
        ("view", "open_space", "--html", str(page), "--gltf", str(tmp_path / "room.glb"), *COARSE[:4]),
        *[("baseline", "open_space", "--output", str(baseline))][: limit == 0],
    ):
        done = subprocess.run(
            [sys.executable, "-c", FULL, str(limit), *command],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert os.strerror(errno.EFBIG) in done.stderr and done.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["map.nc", "out"]
    assert (tmp_path / "out/map.nc").read_text() == "earlier"


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are any bytes on Linux")
def test_a_name_that_is_no_text(tmp_path):
    name = os.fsdecode(b"caf\xe9.toml")
    (tmp_path / name).write_text('title = "Point"\n[patient]\nmodel = "point"\nsite = "point"\n')
    done = simulator("run", name, "--output", "out", *COARSE, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert b"name must be UTF-8" in done.stderr
    folder = os.fsdecode(b"sal\xf3n\n")
    done = simulator("run", "open_space", "--output", folder, *COARSE, cwd=tmp_path, PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (0, b"") and b"files in sal?n" in done.stdout
    assert (tmp_path / folder / "room.png").exists()
