"""Damaged files: one reason, or all that the file still says; never another error, and nothing lost in silence.

What loads is what was drawn before the damage, or what another reader finds in the damaged file (for OBJ a plain one
of words, for PLY plyfile, for the others trimesh), or as many triangles as either, with a number changed that the
file now says.

Strips and fans are left out: there a changed index may make a triangle without an area, which only joins pieces. So
are instances and models of several parts, which trimesh does not read.

SIMULATOR_CAMPAIGN multiplies the number of files, 100 a format.
"""

import numpy as np
import pytest
from support.campaign import times
from support.drawn.bodies import Drawn, assert_same
from support.drawn.checks import draw, triangles
from support.drawn.damage import damaged
from support.drawn.others import plyfile_polygons, trimesh_triangles
from support.drawn.plain import polygons_of_obj

from simulator.models.importers import FORMATS, UnreadableError


def is_same(loaded, drawn):
    try:
        with np.errstate(all="ignore"):  # coordinates of any size
            assert_same(loaded, drawn)
    except AssertionError:
        return False
    return True


WITHOUT = {"strips", "fans and strips", "instances", "p:path"}
POLYGONS = {".obj": lambda path: polygons_of_obj(path.read_bytes()), ".ply": plyfile_polygons}


def number_of(drawn):
    return len(drawn.triangles) + sum(len(polygon) - 2 for polygon in drawn.polygons)


def found_by_another(content, path):
    """The damaged file as another reader finds it, if that one reads it at all."""
    path.write_bytes(content)
    try:
        if path.suffix in POLYGONS:
            polygons = POLYGONS[path.suffix](path)
            known = [polygon for polygon in polygons if len(polygon) == 3]
            return Drawn(content, np.array(known).reshape(-1, 3, 3), [each for each in polygons if len(each) > 3])
        return Drawn(content, trimesh_triangles(path))
    except Exception:  # the reason does not matter
        return None


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_damaged_file_is_refused_or_read_whole(tmp_path, suffix):
    for seed in range(times(100)):
        drawn = draw(suffix, seed, WITHOUT)
        content = damaged(np.random.default_rng([seed, 1]), drawn.content, suffix)
        try:
            loaded = triangles(content, suffix)
        except UnreadableError as error:
            assert str(error) and "\n" not in str(error)
            continue
        except Exception as error:
            pytest.fail(f"seed {seed} with {sorted(drawn.features)}: {error!r}")
        if not np.isfinite(loaded).all() or is_same(loaded, drawn):  # the caller refuses what is not finite
            continue
        another = found_by_another(content, tmp_path / f"damaged{suffix}")
        if another is not None and is_same(loaded, another):
            continue
        numbers = {number_of(drawn), number_of(another or drawn)}
        assert len(loaded) in numbers, f"seed {seed} with {sorted(drawn.features)}"
