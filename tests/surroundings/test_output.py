"""Commands print and draw wherever they are run: in another encoding, into a full disk, with another's screen."""

import errno
import json
import os
import subprocess
import sys

import pytest
from support import commands
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


@pytest.mark.parametrize(
    ("encoding", "backend"), [("ascii", "module://matplotlib_inline.backend_inline"), *more(("cp1252", "nonsense"))]
)
def test_any_encoding_and_the_backend_of_another(tmp_path, encoding, backend):
    """π, °, × and – are written as they are, or plainly; JSON stays JSON, and files are UTF-8.

    Pictures are drawn in files, whatever a notebook would draw in.
    """
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    environment["MPLBACKEND"] = backend
    title = "Água: 30° × π – ą"
    scenario = f'title = "{title}"\n[patient]\nmodel = "point"\nsite = "point"\n'
    (tmp_path / "case.toml").write_text(scenario, encoding="utf-8")
    done = simulator("run", "case.toml", "--json", *COARSE, cwd=tmp_path, **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["title"] == title
    assert json.loads((tmp_path / "results/case/result.json").read_text(encoding="utf-8"))["title"] == title
    assert (tmp_path / "results/case/map.png").stat().st_size > 0
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


FULL = """
import json, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from simulator.cli import main
for command in json.loads(sys.argv[2]):
    sys.argv[1:] = command
    try:
        main()
    except SystemExit as stop:
        print(stop.code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of the size of files")
@pytest.mark.parametrize("limit", [0, *more(20_000)])
def test_a_disk_that_fills_up(tmp_path, limit):
    """At each of the files in turn: what an earlier run wrote stays whole, and nothing new is left."""
    pytest.importorskip("resource")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/map.nc").write_text("earlier")
    page, baseline = tmp_path / "page.html", tmp_path / "base.nc"
    asked = [
        ("run", "open_space", "--output", "out", "--json", *COARSE),
        ("view", "open_space", "--html", str(page), "--gltf", str(tmp_path / "room.glb"), *COARSE[:4]),
        *[("baseline", "open_space", "--output", str(baseline))][: limit == 0],
    ]
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(limit), json.dumps(asked)],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, len(asked) * "2\n"), done.stderr
    messages = done.stderr.splitlines()
    assert len(messages) == len(asked) and all(os.strerror(errno.EFBIG) in message for message in messages)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["map.nc", "out"]
    assert (tmp_path / "out/map.nc").read_text() == "earlier"


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are any bytes on Linux")
def test_a_name_that_is_no_text(tmp_path):
    name = os.fsdecode(b"caf\xe9.toml")
    (tmp_path / name).write_text('title = "Point"\n[patient]\nmodel = "point"\nsite = "point"\n')
    done = commands.run(tmp_path, "run", name, "--output", "out", *COARSE)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "name must be UTF-8" in done.err
    folder = os.fsdecode(b"sal\xf3n\n")
    done = commands.run(tmp_path, "run", "open_space", "--output", folder, *COARSE)
    assert (done.code, done.err) == (0, "") and "files in sal?n" in done.out
    assert (tmp_path / folder / "room.png").exists()
