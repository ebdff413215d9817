"""Bad studies: one message each before anything runs."""

import pytest

from simulator.errors import SimulatorError
from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Study
from simulator.studies.cases import Cases

HEIGHTS = {"field": "patient.height_cm", "values": [150, 200]}
HEAD = {"lattice": {"spacing_mm": 50, "part": "head"}}


def refused(*vary, scenario="liver"):
    with pytest.raises(SimulatorError) as error:
        Cases.of(Study.of(scenario, *vary))
    return str(error.value)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (
            {"field": "patient.hight_cm", "values": [1, 2]},
            "vary.0.values: patient.hight_cm: unknown field; available: ",
        ),
        ({"field": "height", "values": [1]}, "vary.0.values: height: unknown field; available: title, machine"),
        (
            {"field": "patient.height_cm", "values": [1, "tall"]},
            "patient.height_cm: must be a valid number, was 'tall'",
        ),
        ({"field": "patient.shift_mm.3", "values": [1.0]}, "patient.shift_mm: must have at most 3, has"),
        (
            {"field": "patient.height_cm", "range": {"start": 0, "stop": 200, "step": 10}},
            "vary.0.range: patient.height_cm: must be greater than 0, was 0.0",
        ),
        ({"sample": {"buffers.patient_mm": [0, 2000]}, "count": 512}, "must be less than or equal to 1000, was "),
        ({"zip": {"patient.position": ["HFS", "HFX"]}}, "vary.0.zip: patient.position: must be 'HFS'"),
        (
            {"name": "m", "options": [{"name": "x", "set": {"machine.modell": "c_arm"}}]},
            "vary.0.options: machine.modell: unknown field; available: model, options, collimator_deg",
        ),
        ({"field": "patient.site", "values": ["liver", "knee"]}, "(of adult): unknown name 'knee'; available: brain"),
        (
            {"field": "machine.model", "values": ["c_arm", "c_leg"]},
            "machine.model: unknown name 'c_leg'; available: ",
        ),
        ({"field": "patient.options.arms", "values": ["high"]}, "option arms: unknown name 'high'; available: down"),
        (
            {"field": "expect.baseline", "values": ["a.nc"]},
            "vary.0.values: must not vary expect.baseline: a case has no",
        ),
        ({"field": "patient.height_cm", "values": [1, 2, 1]}, "must be different, has patient.height_cm = 1 2 times"),
    ],
)
def test_fields_and_values_that_the_scenario_cannot_have(entry, told):
    message = refused(entry)
    assert told in message and message.startswith("study: ")
    assert message.count("\n") == 0


def test_each_wrong_value_is_told_once():
    message = refused(
        {"field": "patient.height_cm", "values": ["a", -1]}, {"field": "patient.sex", "values": ["f", "m"]}
    )
    hint = " (simulator explain patient.height_cm)"
    assert [line.rpartition("; available")[0] or line for line in message.splitlines()] == [
        f"study: vary.0.values: patient.height_cm: must be a valid number, was 'a'{hint}",
        f"study: vary.0.values: patient.height_cm: must be greater than 0, was -1{hint}",
        "study: vary.1.values: patient.sex: unknown field",
    ]
    many = refused({"field": "patient.height_cm", "values": list(range(-40, 1))})
    assert len(many.splitlines()) == 21 and many.endswith("study: and 21 more")


def test_values_that_need_each_other_are_sound_together():
    mesh = {"field": "couch.mesh", "values": ["a.stl", "b.stl"]}
    units = {"field": "couch.units", "values": ["mm", "cm"]}
    assert len(Cases.of(Study.of("liver", mesh, units))) == 4
    assert "couch.units: must be 'mm', 'cm', 'm' or 'in', was 'km'" in refused(mesh, units | {"values": ["mm", "km"]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"field": "patient.height_cm", "values": [150]},
            {"zip": {"patient.height_cm": [1], "patient.mass_kg": [1]}},
        ),
        ({"field": "patient.shift_mm", "values": [[0, 0, 0]]}, {"field": "patient.shift_mm.1", "values": [1.0]}),
        ({"field": "patient.shift_mm.1", "values": [1.0]}, {"field": "patient.shift_mm", "values": [[0, 0, 0]]}),
        ({"field": "patient.site", "values": ["lung"]}, HEAD),
        (HEAD, {"name": "at", "options": [{"name": "a", "set": {"patient.isocentre_mm": [0, 0, 0]}}]}),
    ],
)
def test_what_varies_twice(one, other):
    assert "must vary what" in refused(one, other)


def test_too_many_cases_are_refused_at_once_and_never_built():
    steps = {"start": 0, "stop": 99.9, "step": 0.1}
    thousand = [{"field": f"patient.shift_mm.{axis}", "range": steps} for axis in range(3)]
    told = refused(*thousand)
    assert "must make at most 1,000,000 cases, makes 1,000,000,000: 1,000 of patient.shift_mm.0 × 1,000" in told
    assert "must have at most 1,000,000 isocentres, has about" in refused(
        {"lattice": {"spacing_mm": 0.1, "part": "trunk"}}
    )
    told = refused(
        {"field": "patient.shift_mm.0", "range": steps}, HEAD | {"lattice": {"spacing_mm": 5, "part": "head"}}
    )
    assert "vary: must make at most 1,000,000 cases, makes " in told and "take a larger spacing_mm" in told


@pytest.mark.parametrize(
    ("lattice", "told"),
    [
        ({"part": "hed"}, "lattice: part (of adult): unknown name 'hed'; available: patient head, patient trunk"),
        ({"site": "knee", "radius_mm": 9}, "lattice: site (of adult): unknown name 'knee'; available: brain, lung"),
        ({"roi": "Liver"}, "lattice: roi: must be of a patient from a structure set"),
        (
            {"part": "head", "spacing_mm": 900},
            "must have an isocentre, has none: no multiple of 900 mm is in part 'head'",
        ),
        (
            {"site": "foot", "radius_mm": 0.01},
            "must have an isocentre, has none: no multiple of 50 mm is in 0.01 mm around",
        ),
    ],
)
def test_lattices_that_are_nowhere(lattice, told):
    assert told in refused({"lattice": {"spacing_mm": 50} | lattice})


def test_a_lattice_names_the_patient_in_whom_it_is_nowhere():
    told = refused({"field": "patient.mass_kg", "values": [70, 401]}, HEAD)
    said = "patient.mass_kg: must be 3 to 400, was 401 (simulator explain patient.mass_kg)"
    assert told == f"study: lattice, patient.mass_kg 401: {said}"
    point = Scenario(title="x", patient={"model": "point", "site": "point"})
    told = refused({"lattice": {"spacing_mm": 5, "site": "point", "radius_mm": 9}}, scenario=point)
    assert "site: must be of a patient who has a body, point has none" in told


def test_a_lattice_of_a_plan_would_lose_how_the_patient_lies():
    assert "lattice: must be of a scenario whose isocentre is a site" in refused(HEAD, scenario="example_plan")


def test_names_of_the_results_are_refused():
    options = [{"name": "A", "set": {"patient.height_cm": 150}}]
    for name in ("free", "x", "index"):
        assert f"vary: '{name}' must have another name" in refused({"name": name, "options": options})


def test_a_column_belongs_to_one_entry():
    """One would be overwritten by the other."""
    both = {"zip": {"buffers.patient_mm": [0, 10], "buffers.couch_mm": [0, 10]}}
    option = {"name": "A", "set": {"patient.height_cm": 150}}
    assert "vary: 'buffers.couch_mm' must have another name" in refused(
        both, {"name": "buffers.couch_mm", "options": [option]}
    )


def test_files_of_patients_that_stand_in_the_table_alike_are_refused(tmp_path):
    for name in ("p1.dcm", "p1.bak", "p2.dcm"):
        (tmp_path / name).write_bytes(b"")
    message = refused({"folder": str(tmp_path), "pattern": "*", "name": "who"})
    assert "must be different, has who = 'p1' 2 times" in message


def test_voxels_have_no_maps_to_keep():
    lattice = {"lattice": {"spacing_mm": 50, "part": "head", "proof": "voxels"}}
    with pytest.raises(SimulatorError, match=r"measure\.keep_maps: must be false"):
        Cases.of(Study.of("liver", lattice, keep_maps=True))


def test_a_site_and_an_isocentre_exclude_each_other():
    site = {"field": "patient.site", "values": ["liver", "lung"]}
    point = {"field": "patient.isocentre_mm", "values": [[0, 0, 0], [0, 0, 10]]}
    assert "vary.1.values: must vary what vary.0.values does not: one of patient.site" in refused(site, point)


def test_values_without_an_order_are_refused():
    """Another process has a set in another order, and would number the cases otherwise."""
    told = r"Study: vary\.0\.values: must be in an order: a list, not a set, was \{"
    with pytest.raises(SimulatorError, match=told):
        Study.of("liver", {"field": "patient.site", "values": {"liver", "lung"}})
