"""Models that extend others: what a child names takes the place of the base's, and nothing else goes."""

import numpy as np
import pytest

from simulator.errors import SimulatorError
from simulator.models.couch import Couch
from simulator.models.patient import Patient

ARMS = '[options.arms]\nchoices = ["down", "up"]\n'
SITE = '[[sites]]\nname = "point"\nposition_mm = [0, 0, 0]\n'


def part(name, colour, **when):
    chosen = ", ".join(f'{option} = "{choice}"' for option, choice in when.items())
    return (
        f'[[parts]]\nname = "{name}"\nmesh = "box.ply"\nunits = "mm"\ngroup = "patient"\n'
        f'colour = "{colour}"\nwhen = {{ {chosen} }}\n'
    )


RED, BLUE, GREEN = "#ff0000", "#0000ff", "#00ff00"


@pytest.fixture
def base(write_model):
    parts = part("trunk", RED) + part("arms", RED, arms="down") + part("arms", RED, arms="up")
    return write_model("patient", ARMS + parts + SITE, name="base")


def colours(folder, **options):
    return {part.name: part.colour for part in Patient.load(str(folder), **options).parts}


@pytest.mark.usefixtures("base")
class TestParts:
    def test_only_the_variant_that_is_named_is_replaced(self, write_model):
        child = write_model("patient", 'extends = "../base"\n' + part("arms", BLUE, arms="up"), name="child")
        assert colours(child, arms="up") == {"trunk": RED, "arms": BLUE}
        assert colours(child, arms="down") == {"trunk": RED, "arms": RED}

    def test_each_variant_is_read_from_the_folder_of_the_model_that_wrote_it(self, write_model, base):
        child = write_model("patient", 'extends = "../base"\n' + part("arms", BLUE, arms="up"), name="child")
        (child / "box.ply").unlink()
        assert colours(child, arms="down") == {"trunk": RED, "arms": RED}
        with pytest.raises(SimulatorError, match=r"child/box\.ply: must be a mesh file"):
            colours(child, arms="up")
        (base / "box.ply").unlink()
        with pytest.raises(SimulatorError, match=r"base/box\.ply: must be a mesh file"):
            colours(child, arms="down")

    def test_a_part_that_is_always_there_replaces_all_variants(self, write_model):
        child = write_model("patient", 'extends = "../base"\n' + part("arms", BLUE), name="child")
        assert colours(child, arms="up") == colours(child, arms="down") == {"trunk": RED, "arms": BLUE}

    def test_a_narrower_variant_does_not_push_a_wider_one_out(self, write_model):
        """Where both would be there, nobody can know which is meant."""
        child = write_model("patient", 'extends = "../base"\n' + part("trunk", BLUE, arms="up"), name="child")
        assert colours(child, arms="down") == {"trunk": RED, "arms": RED}
        with pytest.raises(SimulatorError, match="each part must have its own name, trunk is used again"):
            colours(child, arms="up")

    def test_a_grandchild_replaces_what_the_child_left(self, write_model):
        write_model("patient", 'extends = "../base"\n' + part("arms", BLUE, arms="up"), name="child")
        third = write_model("patient", 'extends = "../child"\n' + part("arms", GREEN, arms="down"), name="third")
        assert colours(third, arms="up")["arms"] == BLUE and colours(third, arms="down")["arms"] == GREEN


def test_an_excuse_of_the_base_stays_when_its_parts_are_given_other_groups(write_model):
    lines = '[[parts]]\nname = "couch column"\nmesh = "box.ply"\nunits = "mm"\njoint = "couch"\ngroup = "mine"\n'
    child = Couch.load(str(write_model("couch", 'extends = "igrt"\n' + lines)))
    assert ("couch base", "machine:floor") in child.may_touch


class TestOffsets:
    @staticmethod
    def top(folder):
        (found,) = [part.mesh.bounds_mm for part in Couch.load(str(folder)).parts if part.name == "couch top"]
        return found

    @staticmethod
    def offset(part, *values):
        return f'[[offsets]]\npart = "{part}"\noffset_mm = {list(values)}\nsource = "measured"\n'

    def test_the_part_of_the_name_moves_and_no_other(self, write_model):
        moved = write_model("couch", 'extends = "igrt"\n' + self.offset("couch top", 1, -2, 3.5))
        plain, found = Couch.load("igrt").parts, Couch.load(str(moved)).parts
        shifts = {
            part.name: (part.mesh.bounds_mm - old.mesh.bounds_mm) for old, part in zip(plain, found, strict=True)
        }
        assert shifts.pop("couch top") == pytest.approx(np.array([[1, -2, 3.5]] * 2), abs=1e-9)
        assert all((shift == 0.0).all() for shift in shifts.values())

    def test_a_child_takes_the_place_of_its_bases(self, write_model):
        write_model("couch", 'extends = "igrt"\n' + self.offset("couch top", 1, 1, 1), name="base")
        same = write_model("couch", 'extends = "../base"\n', name="same")
        other = write_model("couch", 'extends = "../base"\n' + self.offset("couch top", 0, 0, 2), name="other")
        plain, up = self.top("igrt"), np.array([0, 0, 2])
        assert self.top(same) == pytest.approx(plain + 1.0) and self.top(other) == pytest.approx(plain + up)

    @pytest.mark.parametrize(
        ("kind", "base", "parts", "words"),
        [
            ("couch", "igrt", ["couch tpo"], r"offsets: part: unknown name 'couch tpo'; available: couch carriage"),
            ("couch", "igrt", ["couch top", "couch top"], r"each must be of another part, 'couch top' has two"),
            ("patient", "box_phantom", ["box phantom"], r"offsets must be left out: shift_mm of a scenario"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, write_model, kind, base, parts, words):
        lines = "".join(self.offset(part, 0, 0, 1) for part in parts)
        model = write_model(kind, f'extends = "{base}"\n{lines}')
        with pytest.raises(SimulatorError, match=words):
            {"couch": Couch, "patient": Patient}[kind].load(str(model))
