"""Lists that are none, or of another convention: one message each, with the file, the place and what it must be."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat
from support.beam_lists import empty_room, static_list
from support.dicom_plans import beam, items, static, write_plan

import simulator as sim
from simulator.delivery.lists.forms.registry import FORMS

SETUP = empty_room("FFS")
THERE_AND_BACK = [{"gantry": 10, "gantry_direction": "CW"}, {"gantry": 60, "gantry_direction": "CC"}, {"gantry": 10}]
CP = "<Cp><SubBeam><Name>a</Name></SubBeam><GantryRtn>{g}</GantryRtn><CouchRtn>{c}</CouchRtn>{more}</Cp>"


def refused(path: Path, form: str | None = None) -> str:
    with pytest.raises(sim.SimulatorError) as error:
        sim.read_beams(path, SETUP, form)
    text = str(error.value)
    assert text.startswith(str(path))
    assert all(line.startswith(str(path)) for line in text.splitlines())  # a line for each fault
    assert len(text) < 1200
    return text.removeprefix(str(path))


def xml(points: str, head: str = "", attributes: str = 'SchemaVersion="1.0"') -> str:
    return (
        f"{head}<VarianResearchBeam {attributes}><SetBeam><ControlPoints>{points}</ControlPoints></SetBeam>"
        "</VarianResearchBeam>"
    )


def mat(value: object) -> bytes:
    stream = io.BytesIO()
    savemat(stream, {"pln": value} if value is not None else {"stf": 1.0})
    return stream.getvalue()


def stf(**fields: object) -> dict:
    return {"propStf": {"gantryAngles": [10.0, 20.0], "couchAngles": [0.0, 5.0], **fields}}


BAD_TEXT = {
    "empty.csv": ("", ": must have a line that names the columns: gantry_deg, couch_deg"),
    "columns.csv": ("gantry,couch\n1,2\n", ": line 1, column 1: unknown name 'gantry'; available: gantry_deg"),
    "missing.csv": ("gantry_deg\n1\n", ": line 1, column couch_deg: is missing"),
    "short.csv": ("gantry_deg,couch_deg\n1\n", ": line 2, column 2: must be 2 cells"),
    "word.csv": ("gantry_deg,couch_deg\n1,left\n", "column 2 (couch_deg): must be a number within ±100000"),
    "nan.csv": ("gantry_deg,couch_deg\n1,nan\n", "column 2 (couch_deg): must be a number .* was 'nan'"),
    "range.csv": ("gantry_deg,couch_deg\n1,2\n800,1\n", ": line 3, gantry_deg: must be from -185 to 185 deg"),
    "position.csv": (
        "gantry_deg,couch_deg,position\n1,2,HFS\n1,3,FFS\n",
        ": line 3, position: must be HFS, as before",
    ),
    "isocentre.csv": ("gantry_deg,couch_deg,isocentre_x_mm\n1,2,3\n", ": line 2, isocentre: .* one is missing"),
    "name.csv": ("name,gantry_deg,couch_deg\na,1,2\na,2,2\n", ": beam 2: name: must be another one"),
    "twice.csv": (
        "gantry_deg,couch_deg\n1,2\n3,2\n361,2\n",
        ": line 4: must be another beam, was that of .*: line 2 again",
    ),
    "nul.csv": ("gantry_deg,couch_deg\n1,\0\n", ": line 2, character 3: must be text, was a NUL"),
    "sign.csv": (
        # Of gantry 60, couch 20 for a patient who lies feet first, beside the couch angle of Varian IEC.
        "gantry_deg,couch_deg,patient_x,patient_y,patient_z\n60,-20,-0.813797681,-0.5,0.296198133\n",
        ": line 2, patient_x, patient_y, patient_z: must be the direction .* FFS, was 34.5° off it; it is that "
        "of the other sign of the couch",
    ),
    "other.csv": (
        "gantry_deg,couch_deg,patient_x,patient_y,patient_z\n60,20,0.813797681,-0.5,-0.296198133\n",
        "was 120.0° off it; it is that of a patient who lies HFS",
    ),
    "empty.txt": ("\n", ": must have a line for each beam"),
    "columns.txt": ("10 20\n", ": line 1: must be 3 numbers, gantry, couch, collimator, were 2"),
    "word.txt": ("10 20 0\n10 x 0\n", ": line 2, couch: must be a number of degrees, was 'x'"),
    "nan.txt": ("nan 20 0\n", ": line 1, gantry: must be a number of degrees, was 'nan'"),
    "range.txt": ("10 900 0\n", ": line 1, couch angle: must be degrees within ±720, was -900.0"),
    "twice.txt": ("10 20 0\n10 30 0\n370 20 0\n", ": line 3: must be another beam, was that of .* line 1 again"),
    "long.txt": ("1 2 0\n" * 20_000, ": must have at most 10,000 lines"),
    "empty.json": ("", ": must be JSON: "),
    "list.json": ("[1, 2]", ": must be a JSON object of named fields"),
    "other.json": ('{"beams": 1}', ": must be JSON of one of the forms pyradplan, opentps_photons, opentps_protons"),
    "deep.json": ("[" * 100_000, ": must be JSON: "),
    "stf.json": ('{"prop_stf": 5}', ": prop_stf: must be an object with gantry_angles"),
    "none.json": ('{"prop_stf": {"gantry_angles": []}}', ": prop_stf.gantry_angles: must be a list of angles"),
    "lengths.json": (
        '{"prop_stf": {"gantry_angles": [1, 2], "couch_angles": [1]}}',
        ": prop_stf.couch_angles: must be as many as prop_stf.gantry_angles, 2, was 1",
    ),
    "nan.json": (
        '{"prop_stf": {"gantry_angles": [NaN], "couch_angles": [1]}}',
        ": prop_stf: beam 1, gantry angle: must be degrees within ±720, was nan",
    ),
    "huge.json": (
        '{"prop_stf": {"gantry_angles": [1], "couch_angles": [1' + "0" * 400 + "]}}",
        ": prop_stf: beam 1, couch angle: must be degrees within ±720",
    ),
    "place.json": (
        '{"prop_stf": {"gantry_angles": [1], "couch_angles": [1], "iso_center": [1, 2]}}',
        ": prop_stf.iso_center: must be three coordinates in mm",
    ),
    "places.json": (
        '{"prop_stf": {"gantry_angles": [1, 2], "couch_angles": [1, 1], "iso_center": [[1, 2, 3], [1, 2, 4]]}}',
        ": prop_stf.iso_center: must be one isocentre for all beams, were several",
    ),
    "words.json": (
        '{"design": "PhotonPlanDesign", "gantryAngles": ["a"], "couchAngles": [1]}',
        ": gantryAngles, couchAngles: must be finite numbers",
    ),
    "names.json": (
        '{"design": "ProtonPlanDesign", "gantryAngles": [2], "couchAngles": [1], "beamNames": ["a", "b"]}',
        ": beamNames: must be 1 names",
    ),
    "empty.xml": ("", ": must be XML: "),
    "cut.xml": (xml(CP.format(g=1, c=2, more=""))[:-30], ": must be XML: "),
    "other.xml": ("<plan/>", ": must be XML with the element VarianResearchBeam around all, has plan"),
    "none.xml": (xml(""), ": must have a control point"),
    "entity.xml": (xml("", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'), ": must have no document type"),
    "scale.xml": (
        xml(CP.format(g=1, c=2, more=""), attributes='Scale="IEC61217"'),
        ": Scale: must be Varian's standard scale .* was 'IEC61217'",
    ),
    "missing.xml": (xml("<Cp><GantryRtn>180</GantryRtn></Cp>"), ": beam 1: CouchRtn: is missing"),
    "word.xml": (
        xml(CP.format(g="left", c=180, more="")),
        ": control point 1 of the file: GantryRtn: must be a number, was 'left'",
    ),
    "nan.xml": (xml(CP.format(g="nan", c=180, more="")), "GantryRtn: must be a number, was 'nan'"),
    "table.xml": (
        xml(
            CP.format(g=180, c=180, more="<CouchVrt>110</CouchVrt>")
            + CP.format(g=190, c=180, more="<CouchVrt>95</CouchVrt>")
        ),
        ": beam 2: CouchVrt: must be 110 at all control points, for a list has one isocentre, was 95",
    ),
    "tilt.xml": (
        xml(CP.format(g=180, c=180, more="<CouchPit>2</CouchPit>")),
        ": beam 1: CouchPit: must be 0 or absent: its scale is not known here, was 2",
    ),
    "bent.xml": (
        xml(
            CP.format(g=180, c=180, more="")
            + "<Cp><GantryRtn>190</GantryRtn></Cp><Cp><GantryRtn>170</GantryRtn></Cp>"
        ),
        ": beam 1: control point 1: must be on the straight way from the first to the last",
    ),
    "beams.doc": ("", ": must be a beam list, which end in .csv"),
}


@pytest.mark.parametrize("name", BAD_TEXT)
def test_a_bad_text_file_is_refused_in_one_message(name: str, tmp_path) -> None:
    import re

    content, message = BAD_TEXT[name]
    path = tmp_path / name
    path.write_text(content)
    assert re.search(message.replace("(couch_deg)", r"\(couch_deg\)"), refused(path))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, ": must have pln, has none"),
        (5.0, ": pln: must have propStf, has none"),
        ({"propStf": {"gantryAngles": [1.0]}}, ": pln.propStf: must have couchAngles, has gantryAngles"),
        (stf(couchAngles=[1.0]), ": pln.propStf.couchAngles: must be as many as pln.propStf.gantryAngles, 2, was 1"),
        (stf(gantryAngles="ab"), ": pln.propStf.gantryAngles: must be a row of angles"),
        (stf(gantryAngles=np.eye(2)), ": pln.propStf.gantryAngles: must be a row of angles"),
        (
            stf(gantryAngles=[np.nan, 1.0]),
            ": pln.propStf: beam 1, gantry angle: must be degrees within ±720, was nan",
        ),
        (stf(isoCenter=[1.0, 2.0]), ": pln.propStf.isoCenter: must be three coordinates in mm"),
    ],
)
def test_a_mat_file_of_something_else_is_refused_by_its_field(value, message: str, tmp_path) -> None:
    path = tmp_path / "beams.mat"
    path.write_bytes(mat(value))
    assert refused(path).startswith(message)


def test_a_mat_file_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path) -> None:
    path = tmp_path / "beams.mat"
    stream = io.BytesIO()
    savemat(stream, {"ct": np.zeros(2_000_000)}, do_compression=True)
    path.write_bytes(stream.getvalue())
    assert "must hold at most 10 MB when unpacked" in refused(path)
    path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(200))
    assert "must be a MAT file of version 5 to 7, is of 7.3; save pln alone" in refused(path)


@pytest.mark.parametrize(
    ("beams", "message"),
    [
        ([beam(1, THERE_AND_BACK)], ": beam 1: control point 1: must be on the straight way"),
        (
            [beam(1, static(gantry=0), TreatmentDeliveryType="SETUP")],
            ": beam 1: must be a treatment beam .* has SETUP",
        ),
        ([beam(1, static(gantry=0)), beam(2, static(isocentre=(1.0, 2.0, 3.0)))], ": beam 2: must have the position"),
        (
            [beam(1, static(pitch=3.0, pitch_direction="NONE"))],
            ": beam 1: table_pitch: must be the set-up's, 0, was 3",
        ),
        (
            [
                beam(
                    1,
                    static(),
                    ApplicatorSequence=items({"ApplicatorID": "A10", "ApplicatorType": "ELECTRON_SQUARE"}),
                )
            ],
            ": beam 1: must be a treatment beam without accessories, has applicator",
        ),
    ],
)
def test_a_plan_that_no_list_can_hold_is_refused_by_its_beam(beams, message: str, tmp_path) -> None:
    import re

    assert re.match(message, refused(write_plan(tmp_path / "plan.dcm", *beams)))


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_is_not_there_a_folder_and_one_of_bytes_are_refused(form: str, tmp_path) -> None:
    ending = FORMS[form].ending
    assert "there is no such file" in refused(tmp_path / f"missing{ending}", form)
    (tmp_path / f"folder{ending}").mkdir()
    refused(tmp_path / f"folder{ending}", form)
    path = tmp_path / f"noise{ending}"
    path.write_bytes(random.Random(1).randbytes(4000))
    refused(path, form)


@pytest.mark.parametrize("form", FORMS)
def test_a_million_lines_are_refused_for_their_size(form: str, tmp_path) -> None:
    path = tmp_path / f"beams{FORMS[form].ending}"
    path.write_bytes(b"10.0000 20.0000 0.0000 \n" * 1_000_000)
    refused(path, form)


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"csv", "beamlist"}))
def test_a_file_that_was_cut_short_is_refused(form: str, tmp_path) -> None:
    """Of text with a line for each beam nobody can know that a last line is missing."""
    path = tmp_path / f"beams{FORMS[form].ending}"
    sim.write_beams(static_list(SETUP, [(10.0, 20.0), (33.0, -44.0)]), path, form, SETUP)
    content = path.read_bytes()
    for share in (0.1, 0.4, 0.7, 0.9, 0.97):
        path.write_bytes(content[: int(share * len(content))])
        refused(path, form)


@pytest.mark.parametrize("form", FORMS)
def test_damaged_bytes_are_read_or_refused_and_never_anything_else(form: str, tmp_path) -> None:
    path, draw = tmp_path / f"beams{FORMS[form].ending}", random.Random(2)
    sim.write_beams(static_list(SETUP, [(10.0, 20.0), (33.0, -44.0)]), path, form, SETUP)
    content = path.read_bytes()
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            sim.read_beams(path, SETUP, form)
        except sim.SimulatorError as error:
            assert str(error).startswith(str(path))


def test_a_form_that_nobody_knows_is_refused_by_those_there_are(tmp_path) -> None:
    beams = static_list(SETUP, [(10.0, 20.0)])
    with pytest.raises(sim.SimulatorError, match="unknown name 'dicom'; available: csv, matrad, pyradplan"):
        sim.write_beams(beams, tmp_path / "a.csv", "dicom", SETUP)
    with pytest.raises(sim.SimulatorError, match=r"a.txt: must end in .csv"):
        sim.write_beams(beams, tmp_path / "a.txt", "csv", SETUP)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path) -> None:
    (tmp_path / "full").write_text("a file where a folder would have to be")
    with pytest.raises(sim.SimulatorError, match="cannot be written"):
        sim.write_beams(static_list(SETUP, [(10.0, 20.0)]), tmp_path / "full" / "a.csv", "csv", SETUP)
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_camel_case_and_columns_are_read_too(tmp_path) -> None:
    path = tmp_path / "beams.json"
    path.write_text(json.dumps({"propStf": {"gantryAngles": [90], "couchAngles": [0], "isoCenter": [[1, 2, 3]]}}))
    assert sim.read_beams(path, SETUP).isocentre_mm == (1.0, 2.0, 3.0)
    path = tmp_path / "beams.mat"
    column = np.array([[90.0], [270.0]])
    path.write_bytes(mat({"propStf": {"gantryAngles": column, "couchAngles": 0 * column}}))
    assert len(sim.read_beams(path, SETUP).beams) == 2
