"""Changes of a scenario by dotted names, and variants: what they give, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.models.library import scenarios
from simulator.scenario.scenario import Scenario
from simulator.setup.loading import load_setup

BRAIN = Scenario.read(scenarios()["brain"])
ON_A_MESH = """
title = "Mesh"
couch = { mesh = "top.stl", units = "mm", support = "igrt", surface_z_mm = 0.0, roll_deg = 1.0 }
patient = { mesh = "body.stl", units = "cm", axes = "ras", isocentre_mm = [0, 0, 0] }
"""


@pytest.fixture
def file(tmp_path: Path):
    """Return a function that writes a scenario file."""

    def write(text: str) -> Path:
        (tmp_path / "mine.toml").write_text(text)
        return tmp_path / "mine.toml"

    return write


def test_fields_are_changed_by_their_names_and_the_others_stay() -> None:
    changed = BRAIN.with_changes(
        {
            "couch.model": "igrt_head_board",
            "patient.options.arms": "up",
            "patient.height_cm": 190,
            "buffers.patient_mm": 10,
        }
    )
    assert (changed.couch.model, changed.patient.options, changed.patient.height_cm) == (
        "igrt_head_board",
        {"arms": "up"},
        190,
    )
    assert (changed.buffers.patient_mm, changed.buffers.couch_mm) == (10, BRAIN.buffers.couch_mm)
    assert (changed.title, changed.machine, changed.grid) == (BRAIN.title, BRAIN.machine, BRAIN.grid)
    assert (changed.path, changed.name, changed.folder) == (BRAIN.path, BRAIN.name, BRAIN.folder)
    assert BRAIN.couch.model == "igrt" and BRAIN.patient.options == {}


def test_a_number_of_a_vector_is_changed_by_its_place() -> None:
    assert BRAIN.with_changes({"patient.shift_mm.2": 20}).patient.shift_mm == (0, 0, 20)
    both = BRAIN.with_changes({"patient.shift_mm": [1, 2, 3]}).with_changes({"patient.shift_mm.0": 5})
    assert both.patient.shift_mm == (5, 2, 3)


def test_nothing_changed_is_the_same_scenario() -> None:
    for path in scenarios().values():
        scenario = Scenario.read(path)
        assert scenario.with_changes({}) == scenario
        assert scenario.with_changes({}).model_fields_set >= scenario.model_fields_set


def test_fields_that_the_file_left_out_can_be_changed() -> None:
    plain = Scenario.model_validate({"title": "T", "patient": {"model": "point", "site": "point"}})
    assert plain.with_changes({"couch.pitch_deg": 2.0}).couch.model == "igrt"
    changed = plain.with_changes({"grid.couch_deg.step": 10})
    assert str(load_setup(changed).sweep["couch"]) == "couch -90 to 90° by 10°"
    changed = plain.with_changes({"grid.couch_deg": {"start": -60, "stop": 60}})
    assert str(load_setup(changed).sweep["couch"]) == "couch -60 to 60° by 2°"


def test_tables_change_what_they_name() -> None:
    nested = BRAIN.with_changes({"patient": {"options": {"arms": "up"}, "shift_mm": [0, 0, 20]}})
    dotted = BRAIN.with_changes({"patient.options.arms": "up", "patient.shift_mm": [0, 0, 20]})
    assert nested == dotted and nested.patient.model == "adult"
    assert dotted.with_changes({"patient.options": {}}).patient.options == {}


@given(st.floats(0.0, 1000.0), st.floats(0.0, 1000.0))
def test_the_order_of_independent_changes_does_not_count(patient: float, couch: float) -> None:
    changes = {"buffers.patient_mm": patient, "buffers.couch_mm": couch}
    together = BRAIN.with_changes(changes)
    assert together == BRAIN.with_changes(dict(reversed(changes.items())))
    assert together == BRAIN.with_changes({"buffers.patient_mm": patient}).with_changes({"buffers.couch_mm": couch})


def test_what_excludes_others_replaces_them(file) -> None:
    mesh = Scenario.read(file(ON_A_MESH))
    couch = mesh.with_changes({"couch.model": "igrt"}).couch
    assert (couch.model, couch.mesh, couch.roll_deg) == ("igrt", None, 1.0)
    patient = mesh.with_changes({"patient.model": "adult", "patient.site": "brain"}).patient
    assert (patient.model, patient.mesh, patient.site, patient.isocentre_mm) == ("adult", None, "brain", None)
    back = BRAIN.with_changes({"couch.mesh": "t.stl", "couch.units": "mm"}).couch
    assert (back.mesh, back.model) == ("t.stl", None)
    assert BRAIN.with_changes({"patient.isocentre_mm": [1, 2, 3]}).patient.site is None


WRONG = [
    ({"couch.modell": "x"}, "brain.toml: couch.modell: unknown field; available: model, options, mesh"),
    ({"sofa": 1}, "brain.toml: sofa: unknown field; available: title, machine, couch, patient, fixation, buffers"),
    ({"buffers.patient_mm": -1}, "brain.toml: buffers.patient_mm: must be greater than or equal to 0, was -1"),
    ({"buffers.patient_mm": "10"}, "brain.toml: buffers.patient_mm: must be a valid number, was '10'"),
    ({"couch.pitch_deg.x": 1}, "brain.toml: couch.pitch_deg: must be a valid number, was {'x': 1}"),
    ({"couch.table_position_mm.2": 20}, "brain.toml: couch.table_position_mm: must be a list"),
    ({"grid.gantry_deg.step": 0}, "brain.toml: grid.gantry_deg.step: must be greater than or equal to 0.01, was 0"),
    ({"grid.gantry_deg.stop": 721}, "brain.toml: grid.gantry_deg: start and stop must be from -720 to 720 deg"),
    ({"grid.gantry.step": 7}, "brain.toml: grid: gantry: must be the name of a joint and its unit"),
    ({"grid.gantry_deg.unit": "mm"}, "brain.toml: grid: gantry_deg: unit must be left out: it stands in the name"),
    ({"couch": 3}, "brain.toml: couch: must be a table of named fields, was 3"),
    ({"couch.mesh": "x.stl"}, "brain.toml: couch: a mesh must have units: mm, cm, m or in"),
    ({"couch.model": "igrt", "couch.mesh": "x.stl"}, "brain.toml: couch: must have either model or mesh"),
    (
        {"patient.site": "brain", "patient.isocentre_mm": [0, 0, 0]},
        "patient: must have one of site, isocentre_mm and plan",
    ),
    (
        {"patient.mesh": "x.stl", "patient.units": "mm"},
        "site must stand beside model or structures, not beside mesh",
    ),
    ({"couch.units": "mm"}, "brain.toml: couch: units must stand beside mesh, not beside model"),
    ({"": 3}, "unknown field; available: title"),
    ({"couch..model": "igrt"}, "brain.toml: couch.: unknown field"),
    ({".".join("a" * 3000): 1}, "brain.toml: a: unknown field; available: title"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG, ids=range(len(WRONG)))
def test_wrong_changes_are_refused_like_wrong_files(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        BRAIN.with_changes(changes)
    assert message in str(refused.value) and len(str(refused.value).splitlines()) == 1


def test_a_range_that_does_not_fit_the_machine_s_is_refused_when_it_is_set_up() -> None:
    with pytest.raises(SimulatorError, match=r"brain\.toml: grid\.gantry_deg: stop - start must be a whole number"):
        load_setup(BRAIN.with_changes({"grid.gantry_deg.step": 7}))
    with pytest.raises(SimulatorError, match=r"brain\.toml: grid\.gantry_deg: stop must be from start to start"):
        load_setup(BRAIN.with_changes({"grid.gantry_deg.stop": 181}))


def test_a_scenario_that_is_no_file_is_named_by_its_title() -> None:
    plain = Scenario.model_validate({"title": "Mine", "patient": {"model": "point", "site": "point"}})
    with pytest.raises(
        SimulatorError,
        match=r"^Mine: title: string must have at least 1 character, was '' \(simulator explain title\)$",
    ):
        plain.with_changes({"title": ""})


VARIANTS = """
title = "T"
patient = { model = "adult", site = "brain" }
[[variants]]
name = "table 20 mm lower"
set = { "patient.shift_mm" = [0, 0, 20], "patient.options.arms" = "up" }
[[variants]]
name = "no quotes"
set = { patient.shift_mm = [0, 0, 20], patient.options.arms = "up" }
"""


def test_variants_of_a_file(file) -> None:
    scenario = Scenario.read(file(VARIANTS))
    lower, unquoted = scenario.variant_scenarios().values()
    assert list(scenario.variant_scenarios()) == ["table 20 mm lower", "no quotes"]
    assert (lower.title, lower.name, lower.path, lower.variants) == ("table 20 mm lower", "mine", scenario.path, ())
    assert lower.patient == unquoted.patient
    assert lower.patient.shift_mm == (0, 0, 20) and lower.patient.options == {"arms": "up"}
    assert lower.origin == f"{scenario.path}: variant 'table 20 mm lower'"
    assert len(scenario.with_changes({"buffers.couch_mm": 0}).variants) == 2
    assert BRAIN.variants == () and BRAIN.variant_scenarios() == {}


def variant(name: str = '"a"', changes: str = '{ "buffers.couch_mm" = 0 }') -> str:
    return f"[[variants]]\nname = {name}\nset = {changes}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (variant() + variant(), "mine.toml: variants: must have different names, 'a' stands there twice"),
        (variant('""'), "mine.toml: variants.0.name: string must have at least 1 character, was ''"),
        (variant('" "'), "mine.toml: variants.0.name: must be one line of readable text, was ' '"),
        (variant('"a\\nb"'), r"mine.toml: variants.0.name: must be one line of readable text, was 'a\nb'"),
        (variant("3"), "mine.toml: variants.0.name: must be a valid string, was 3"),
        (variant(changes="{}"), "mine.toml: variants.0.set: must have at least 1, has 0"),
        (variant(changes="3"), "mine.toml: variants.0.set: must be a valid dictionary, was 3"),
        (variant(changes="{ variants = [] }"), "mine.toml: variants.0.set: must not change variants"),
        ('[[variants]]\nname = "a"\n', "mine.toml: variants.0.set: is missing"),
        (variant() + "sets = 1", "mine.toml: variants.0.sets: unknown field; available: name, set"),
        ("variants = 3", "mine.toml: variants: must be a list, was 3"),
        (variant(changes="{ couch.modell = 1 }"), "mine.toml: variant 'a': couch.modell: unknown field; available:"),
        (
            variant(changes="{ buffers.couch_mm = -1 }"),
            "variant 'a': buffers.couch_mm: must be greater than or equal",
        ),
    ],
)
def test_wrong_variants_are_errors_of_the_file(file, text: str, message: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        Scenario.read(file('title = "T"\npatient = { model = "point", site = "point" }\n' + text))
    assert message in str(refused.value) and len(str(refused.value).splitlines()) == 1


def test_all_wrong_variants_are_named_at_once(file) -> None:
    text = variant(changes="{ couch = 3 }") + variant('"b"', "{ title = 3 }")
    with pytest.raises(SimulatorError) as refused:
        Scenario.read(file('title = "T"\npatient = { model = "point", site = "point" }\n' + text))
    assert [line.split(": ")[1] for line in str(refused.value).splitlines()] == ["variant 'a'", "variant 'b'"]


class TestLists:
    """Tables of a list have their numbers as names."""

    BOARD = Scenario.read(scenarios()["breast_board"])

    def test_one_is_changed_added_and_taken_away(self) -> None:
        steeper = self.BOARD.with_changes({"fixation.0.options.incline_deg": "15"})
        assert [device.options for device in steeper.fixation] == [{"incline_deg": "15"}]
        assert self.BOARD.fixation[0].options == {"incline_deg": "7.5"}
        both = self.BOARD.with_changes({"fixation.1.model": "vacuum_bag", "fixation.1.shift_mm": [0, 0, 40]})
        assert [device.model for device in both.fixation] == ["breast_board", "vacuum_bag"]
        assert self.BOARD.with_changes({"fixation": []}).fixation == ()
        assert BRAIN.with_changes({"fixation.0.model": "wing_board"}).fixation[0].model == "wing_board"

    def test_a_list_is_replaced_and_what_was_given_stays(self) -> None:
        given = [{"model": "head_neck_board"}]
        changes = {"fixation": given, "fixation.0.options.head_support": "none"}
        assert BRAIN.with_changes(changes).fixation[0].options == {"head_support": "none"}
        assert given == [{"model": "head_neck_board"}]

    def test_a_mesh_takes_the_place_of_a_model(self) -> None:
        mesh = {"fixation.0.mesh": "b.stl", "fixation.0.units": "mm", "fixation.0.surface_z_mm": 20}
        (device,) = self.BOARD.with_changes(mesh).fixation
        assert (device.model, device.options, device.mesh) == (None, {}, "b.stl")
        back = self.BOARD.with_changes(mesh).with_changes({"fixation.0.model": "wing_board"})
        assert (back.fixation[0].mesh, back.fixation[0].surface_z_mm) == (None, None)

    @pytest.mark.parametrize("number", ["2", "-1", "x", "٣", "9" * 5000])
    def test_another_number_is_refused(self, number: str) -> None:
        with pytest.raises(SimulatorError, match=r"breast_board\.toml: fixation\..* must be a number from 0 to 1"):
            self.BOARD.with_changes({f"fixation.{number}.model": "wing_board"})


KEPT = """
title = "Kept"
[patient]
model = "adult"
site = "brain"
[expect]
variants = true
baseline = "mine.nc"
fraction_of_4pi = { at_least = 0.1 }
free = [{ gantry_deg = 0, couch_deg = 0 }]
free_arc = [{ gantry_deg = [330, 30], couch_deg = 5, direction = "CW" }]
"""


def test_variants_keep_poses_and_arcs_if_so_said_and_nothing_about_the_map(file) -> None:
    scenario = Scenario.read(file(KEPT + variant()))
    own, kept = scenario.expect, scenario.variant_scenarios()["a"].expect
    assert kept is not None and (kept.free, kept.free_arc) == (own.free, own.free_arc)
    assert kept.model_fields_set == {"free", "free_arc"}
    silent = Scenario.read(file(KEPT.replace("variants = true", "") + variant()))
    assert silent.variant_scenarios()["a"].expect is None


def test_variants_that_are_to_keep_promises_may_not_change_them(file) -> None:
    with pytest.raises(SimulatorError, match=r"variant 'a' must not change expect: it is to keep what is promised"):
        Scenario.read(file(KEPT + variant(changes="{ expect.free = [] }")))


def test_variants_that_are_to_keep_promises_must_be_there(file) -> None:
    with pytest.raises(SimulatorError, match=r"expect\.variants must stand beside \[\[variants\]\], there are none"):
        Scenario.read(file(KEPT))
