"""Where can a linear accelerator aim? Mesh collision maps and the achievable solid angle, with bounds.

Research software: models are representative and not vendor-validated; no result is a clinical clearance.

The names below are the public interface. They are loaded when first used, so that ``import simulator`` costs
nothing and the numerical core never loads a renderer. ``__version__`` is the version that is installed, as text.

Examples
--------
>>> import simulator as sim
>>> sim.load_setup("brain").check(gantry=60, couch=15).is_free
True
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.collision.answers import PoseCheck as PoseCheck
    from simulator.collision.contact import Status as Status
    from simulator.commission.commissioning import Commissioning as Commissioning
    from simulator.commission.fit import fit_readings as fit_readings
    from simulator.commission.fitted_model import write_fitted as write_fitted
    from simulator.commission.planning import plan_measurement as plan_measurement
    from simulator.commission.readings import Reading as Reading
    from simulator.commission.readings_file import read_readings as read_readings
    from simulator.commission.room import Rooms as Rooms
    from simulator.commission.validation import validate_fit as validate_fit
    from simulator.delivery.lists.beam_list import BeamList as BeamList
    from simulator.delivery.lists.check import check_beams as check_beams
    from simulator.delivery.lists.forms.registry import read_beams as read_beams
    from simulator.delivery.lists.forms.registry import write_beams as write_beams
    from simulator.delivery.orders.order import order_beams as order_beams
    from simulator.delivery.roads.detours import Detour as Detour
    from simulator.delivery.roads.detours import find_detour as find_detour
    from simulator.delivery.roads.mapping import road_map as road_map
    from simulator.delivery.roads.road_map import RoadMap as RoadMap
    from simulator.delivery.roads.ways import NoWay as NoWay
    from simulator.delivery.roads.ways import Way as Way
    from simulator.delivery.trajectories.check import check_trajectory as check_trajectory
    from simulator.delivery.trajectories.proposal import propose_trajectory as propose_trajectory
    from simulator.delivery.trajectories.trajectory import Trajectory as Trajectory
    from simulator.delivery.trajectories.trajectory_file import read_trajectory as read_trajectory
    from simulator.delivery.trajectories.trajectory_file import write_trajectory as write_trajectory
    from simulator.dicom.plan import Plan as Plan
    from simulator.errors import SimulatorError as SimulatorError
    from simulator.geometry.scales import from_iec as from_iec
    from simulator.geometry.scales import to_iec as to_iec
    from simulator.maps.buffer_curve import buffer_curve as buffer_curve
    from simulator.maps.collision_map import CollisionMap as CollisionMap
    from simulator.maps.compute import collision_map as collision_map
    from simulator.maps.free_extent import FreeExtent as FreeExtent
    from simulator.maps.kinematic import kinematic_solid_angle as kinematic_solid_angle
    from simulator.maps.live.live_map import LiveMap as LiveMap
    from simulator.maps.nodes.check import check_nodes as check_nodes
    from simulator.maps.nodes.node_table import NodeTable as NodeTable
    from simulator.maps.probable import contact_chances as contact_chances
    from simulator.maps.probable import probable_solid_angles as probable_solid_angles
    from simulator.maps.reachable import Reachable as Reachable
    from simulator.maps.robust import robust_solid_angle as robust_solid_angle
    from simulator.maps.solid_angle import SolidAngle as SolidAngle
    from simulator.maps.survey import run_survey as run_survey
    from simulator.models.couch import Couch as Couch
    from simulator.models.fixation import Fixation as Fixation
    from simulator.models.machine import Machine as Machine
    from simulator.models.patient import Patient as Patient
    from simulator.plans.check import check_plan as check_plan
    from simulator.plans.checked import PlanCheck as PlanCheck
    from simulator.scenario.axis import Axis as Axis
    from simulator.scenario.choices import Buffers as Buffers
    from simulator.scenario.scenario import Scenario as Scenario
    from simulator.scenario.setup_errors import Errors as Errors
    from simulator.scenario.study import Study as Study
    from simulator.scenario.survey import Survey as Survey
    from simulator.scenario.sweep import Sweep as Sweep
    from simulator.setup.loading import load_setup as load_setup
    from simulator.setup.lying import Lying as Lying
    from simulator.setup.setup import Setup as Setup
    from simulator.studies.case import Case as Case
    from simulator.studies.cases import Cases as Cases
    from simulator.studies.result import StudyResult as StudyResult
    from simulator.studies.run import run_study as run_study
    from simulator.view.export.atlas_page import write_atlas_page as write_atlas_page
    from simulator.view.export.delivery_page import write_delivery_page as write_delivery_page
    from simulator.view.export.gltf import write_gltf as write_gltf
    from simulator.view.export.page import write_html as write_html
    from simulator.view.export.urdf import write_urdf as write_urdf
    from simulator.view.lattice import volumes_of as volumes_of
    from simulator.view.plots.atlas import plot_atlas as plot_atlas
    from simulator.view.plots.buffers import plot_buffers as plot_buffers
    from simulator.view.plots.chances import plot_chances as plot_chances
    from simulator.view.plots.costs import plot_costs as plot_costs
    from simulator.view.plots.hemispheres import plot_sphere as plot_sphere
    from simulator.view.plots.maps import plot_map as plot_map
    from simulator.view.plots.population import plot_population as plot_population
    from simulator.view.plots.tornado import plot_correlations as plot_correlations
    from simulator.view.plots.tornado import plot_tornado as plot_tornado
    from simulator.view.plots.way import plot_delivery as plot_delivery
    from simulator.view.plots.way import plot_way as plot_way
    from simulator.view.sensitivities import one_at_a_time as one_at_a_time
    from simulator.view.sensitivities import rank_correlations as rank_correlations
    from simulator.view.show import show as show
    from simulator.view.show_study import show_study as show_study
    from simulator.view.window.delivery_movie import write_delivery_movie as write_delivery_movie
    from simulator.view.window.movie import write_movie as write_movie

try:
    __version__ = version("treatment-geometry-simulator")
    """The version that is installed, as text."""
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

_HOMES = {
    "Axis": "simulator.scenario.axis",
    "BeamList": "simulator.delivery.lists.beam_list",
    "Buffers": "simulator.scenario.choices",
    "Case": "simulator.studies.case",
    "Cases": "simulator.studies.cases",
    "CollisionMap": "simulator.maps.collision_map",
    "Commissioning": "simulator.commission.commissioning",
    "Couch": "simulator.models.couch",
    "Detour": "simulator.delivery.roads.detours",
    "Errors": "simulator.scenario.setup_errors",
    "Fixation": "simulator.models.fixation",
    "FreeExtent": "simulator.maps.free_extent",
    "LiveMap": "simulator.maps.live.live_map",
    "Lying": "simulator.setup.lying",
    "Machine": "simulator.models.machine",
    "NoWay": "simulator.delivery.roads.ways",
    "NodeTable": "simulator.maps.nodes.node_table",
    "Patient": "simulator.models.patient",
    "Plan": "simulator.dicom.plan",
    "PlanCheck": "simulator.plans.checked",
    "PoseCheck": "simulator.collision.answers",
    "Reachable": "simulator.maps.reachable",
    "Reading": "simulator.commission.readings",
    "RoadMap": "simulator.delivery.roads.road_map",
    "Rooms": "simulator.commission.room",
    "Scenario": "simulator.scenario.scenario",
    "Setup": "simulator.setup.setup",
    "SimulatorError": "simulator.errors",
    "SolidAngle": "simulator.maps.solid_angle",
    "Status": "simulator.collision.contact",
    "Study": "simulator.scenario.study",
    "StudyResult": "simulator.studies.result",
    "Survey": "simulator.scenario.survey",
    "Sweep": "simulator.scenario.sweep",
    "Trajectory": "simulator.delivery.trajectories.trajectory",
    "Way": "simulator.delivery.roads.ways",
    "buffer_curve": "simulator.maps.buffer_curve",
    "check_beams": "simulator.delivery.lists.check",
    "check_nodes": "simulator.maps.nodes.check",
    "check_plan": "simulator.plans.check",
    "check_trajectory": "simulator.delivery.trajectories.check",
    "collision_map": "simulator.maps.compute",
    "contact_chances": "simulator.maps.probable",
    "find_detour": "simulator.delivery.roads.detours",
    "fit_readings": "simulator.commission.fit",
    "from_iec": "simulator.geometry.scales",
    "kinematic_solid_angle": "simulator.maps.kinematic",
    "load_setup": "simulator.setup.loading",
    "one_at_a_time": "simulator.view.sensitivities",
    "order_beams": "simulator.delivery.orders.order",
    "plan_measurement": "simulator.commission.planning",
    "plot_atlas": "simulator.view.plots.atlas",
    "plot_buffers": "simulator.view.plots.buffers",
    "plot_chances": "simulator.view.plots.chances",
    "plot_correlations": "simulator.view.plots.tornado",
    "plot_costs": "simulator.view.plots.costs",
    "plot_delivery": "simulator.view.plots.way",
    "plot_map": "simulator.view.plots.maps",
    "plot_population": "simulator.view.plots.population",
    "plot_sphere": "simulator.view.plots.hemispheres",
    "plot_tornado": "simulator.view.plots.tornado",
    "plot_way": "simulator.view.plots.way",
    "probable_solid_angles": "simulator.maps.probable",
    "propose_trajectory": "simulator.delivery.trajectories.proposal",
    "rank_correlations": "simulator.view.sensitivities",
    "read_beams": "simulator.delivery.lists.forms.registry",
    "read_readings": "simulator.commission.readings_file",
    "read_trajectory": "simulator.delivery.trajectories.trajectory_file",
    "road_map": "simulator.delivery.roads.mapping",
    "robust_solid_angle": "simulator.maps.robust",
    "run_study": "simulator.studies.run",
    "run_survey": "simulator.maps.survey",
    "show": "simulator.view.show",
    "show_study": "simulator.view.show_study",
    "to_iec": "simulator.geometry.scales",
    "validate_fit": "simulator.commission.validation",
    "volumes_of": "simulator.view.lattice",
    "write_atlas_page": "simulator.view.export.atlas_page",
    "write_beams": "simulator.delivery.lists.forms.registry",
    "write_delivery_movie": "simulator.view.window.delivery_movie",
    "write_delivery_page": "simulator.view.export.delivery_page",
    "write_fitted": "simulator.commission.fitted_model",
    "write_gltf": "simulator.view.export.gltf",
    "write_html": "simulator.view.export.page",
    "write_movie": "simulator.view.window.movie",
    "write_trajectory": "simulator.delivery.trajectories.trajectory_file",
    "write_urdf": "simulator.view.export.urdf",
}
__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    if _HOMES[name].startswith("simulator.maps"):
        import_module("simulator.view.notebook")  # knows how a notebook shows what comes from there
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
