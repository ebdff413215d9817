"""Never a wrong "free": random rooms of bodies as they come in, against an oracle without FCL and without our code.

manifold3d says how far apart the solids are, scipy where the joints put them. SIMULATOR_CAMPAIGN=250 makes it 1,000
rooms with 120,000 poses, each in a cell.
"""

import warnings

import manifold3d
import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from support import shapes
from support.campaign import times
from support.mixed_bodies import mixed, write_obj
from support.proven import cell_of, poses_at_rims, prove

from simulator.certify.branch_and_bound import FREE, UNDECIDED
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.models.kinematics import Joint
from simulator.models.mesh_files import MeshWarning, read_mesh

JOINTS = (Joint("gantry", "revolute", "fixed", (0.0, 1.0, 0.0)), Joint("couch", "revolute", "fixed", (0.0, 0.0, 1.0)))
CARRIERS = ("gantry", "couch", "fixed")
SCENES, POSES = 4, 60
EXACT_MM = 1e-6
"""Nearer to its limit the oracle does not decide."""


class Oracle:
    """How a pair stands, by the solids alone."""

    def __init__(self, solids, pairs):
        self.solids, self.pairs = solids, pairs

    def free(self, pose):
        """True, False, or None where it is too near to tell."""
        turns = {
            "gantry": Rotation.from_euler("y", pose[0], degrees=True),
            "couch": Rotation.from_euler("z", pose[1], degrees=True),
            "fixed": Rotation.identity(),
        }
        placed = [
            solid.transform(np.column_stack([turns[carrier].as_matrix(), np.zeros(3)]))
            for solid, carrier in zip(self.solids, CARRIERS, strict=True)
        ]
        answers = [self._apart(placed[a], placed[b], buffer_mm) for a, b, buffer_mm in self.pairs]
        return False if False in answers else None if None in answers else True

    def _apart(self, a, b, buffer_mm):
        gap_mm = a.min_gap(b, buffer_mm + 1.0)
        if gap_mm == 0.0:
            return False if (a ^ b).volume() > EXACT_MM else None
        return gap_mm > buffer_mm if abs(gap_mm - buffer_mm) > EXACT_MM else None


def room(rng, folder):
    """A scene read from mesh files, and its oracle."""
    places = ((0.0, 0.0, rng.uniform(150, 400)), tuple(rng.uniform(-250, 250, 3)), tuple(rng.uniform(-300, 300, 3)))
    bodies, solids = [], []
    for carrier, place in zip(CARRIERS, places, strict=True):
        body = mixed(rng, rng.uniform(30, 120))
        body = body._replace(vertices_mm=body.vertices_mm + place, solid=body.solid.translate(place))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MeshWarning)
            mesh, _ = read_mesh(write_obj(body, folder / f"{carrier}.obj"), "mm")
        bodies.append((mesh, carrier))
        solids.append(body.solid)
    pairs = [(a, b, float(rng.choice([0.0, 10.0, 30.0]))) for a, b in ((0, 1), (0, 2), (1, 2))]
    return shapes.scene_of(JOINTS, bodies, pairs), Oracle(solids, pairs)


@pytest.mark.parametrize("seed", range(times(SCENES)))
def test_poses_and_points_in_cells_against_solids(seed, tmp_path):
    rng = np.random.default_rng([7, seed])
    scene, oracle = room(rng, tmp_path)
    cells = prove(scene, (-180, -90), (180, 90), undecided=0.1, finest=0.5, most_cells=3000)
    anywhere = np.column_stack([rng.uniform(-180, 180, POSES), rng.uniform(-90, 90, POSES)])
    rims, which = poses_at_rims(cells, rng, POSES)
    poses = np.concatenate([anywhere, rims])
    cell = np.concatenate([cell_of(cells, anywhere), which])
    status = Checker(scene).pair_status(poses).max(axis=0)
    for pose, found, state in zip(poses, status, cells.status[cell], strict=True):
        is_free = oracle.free(pose)
        if is_free is None:
            continue
        assert (found == Status.FREE) == is_free, pose
        assert state == UNDECIDED or (state == FREE) == is_free, pose
    assert (cells.status != UNDECIDED).any()


def test_the_oracle_sees_what_it_must():
    """Closed forms: a ball in a box, beside it, in a cavity."""
    ball, box = manifold3d.Manifold.sphere(10.0, 64), manifold3d.Manifold.cube((200.0,) * 3, True)
    hollow = box - manifold3d.Manifold.cube((150.0,) * 3, True)
    for solid, place, buffer_mm, expected in (
        (box, (0, 0, 0), 5.0, False),
        (box, (0, 0, 115), 4.9, True),
        (box, (0, 0, 115), 5.1, False),
        (hollow, (0, 0, 0), 60.0, True),
        (hollow, (0, 0, 0), 70.0, False),
    ):
        oracle = Oracle([ball.translate(place), solid, box.translate((1e4, 0, 0))], [(0, 1, buffer_mm)])
        assert oracle.free((0.0, 0.0)) is expected
