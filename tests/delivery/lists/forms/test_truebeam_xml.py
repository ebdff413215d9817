"""TrueBeam's research XML as others write it: what is taken over, and what is no axis."""

from __future__ import annotations

import pytest
from support.beam_lists import empty_room

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList, ListedBeam

TWO_BEAMS = """<?xml version="1.0"?>
<VarianResearchBeam SchemaVersion="1.0">
  <SetBeam>
    <Id>1</Id><MLCModel>NDS120</MLCModel>
    <VelTable><GantryRtn>6.0</GantryRtn></VelTable>
    <Accs/>
    <ControlPoints>
      <Cp><SubBeam><Seq>0</Seq><Name>arc &amp; turn</Name></SubBeam><Energy>6x</Energy><Mu>0</Mu><DRate>600</DRate>
        <GantryRtn>190</GantryRtn><CollRtn>170</CollRtn><CouchVrt>110.5</CouchVrt><CouchRtn>165</CouchRtn>
        <Y1>5</Y1><Mlc><ID>1</ID><B>1 2 3</B><A>1 2 3</A></Mlc></Cp>
      <Cp><Mu>10</Mu><GantryRtn>180</GantryRtn></Cp>
      <Cp><Mu>20</Mu><GantryRtn>150</GantryRtn></Cp>
      <Cp><SubBeam><Seq>1</Seq><Name>still</Name></SubBeam><Mu>20</Mu><CouchRtn>200</CouchRtn></Cp>
      <Cp><Mu>30</Mu></Cp>
    </ControlPoints>
  </SetBeam>
</VarianResearchBeam>
"""


def test_values_are_taken_over_and_velocities_are_no_angles(tmp_path) -> None:
    path = tmp_path / "beams.xml"
    path.write_text(TWO_BEAMS)
    setup = empty_room("HFP")
    found = sim.read_beams(path, setup)
    assert (found.position, found.isocentre_mm) == ("HFP", setup.isocentre_patient_mm)  # the file says neither
    assert found.beams == (
        ListedBeam(
            "arc & turn",
            {"gantry": -10.0, "couch": 15.0, "collimator": 10.0},
            {"gantry": 30.0, "couch": 15.0, "collimator": 10.0},
        ),
        ListedBeam("still", {"gantry": 30.0, "couch": -20.0, "collimator": 10.0}),
    )


def test_what_is_written_says_that_it_is_geometry_and_where_the_table_is(tmp_path) -> None:
    setup = empty_room("FFS")
    beam = ListedBeam("<a>", {"gantry": -181.0, "couch": 10.0}, {"gantry": 0.0, "couch": 10.0})
    sim.write_beams(BeamList((beam,), "FFS", (1.0, 2.0, 3.0)), tmp_path / "b.xml", "truebeam_xml", setup)
    text = (tmp_path / "b.xml").read_text()
    assert "no energy, dose or apertures" in text
    assert "position: FFS; isocentre_mm: 1 2 3" in text
    assert "<GantryRtn>361</GantryRtn>" in text  # beyond a turn, as the joint is, so that the arc keeps its way
    lateral, _, vertical = setup.table_position_mm
    assert f"<CouchVrt>{100 - vertical / 10:g}</CouchVrt>" in text
    assert f"<CouchLat>{100 + lateral / 10:g}</CouchLat>" in text
    assert sim.read_beams(tmp_path / "b.xml", setup).beams[0].stop == {
        "gantry": 0.0,
        "couch": 10.0,
        "collimator": 0.0,
    }


def test_a_tilted_table_is_refused(tmp_path) -> None:
    setup = empty_room("HFS", pitch_deg=2.0)
    beam = ListedBeam("1", {"gantry": 0.0, "couch": 0.0})
    with pytest.raises(sim.SimulatorError, match="must be of a level table top, was pitch 2° and roll 0°; csv and"):
        sim.write_beams(BeamList((beam,), "HFS", (0.0, 0.0, 0.0)), tmp_path / "b.xml", "truebeam_xml", setup)
    assert not list(tmp_path.iterdir())
