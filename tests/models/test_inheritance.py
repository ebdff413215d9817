"""Models that extend others: what a child names takes the place of the base's, and nothing else goes."""

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
