"""The commands of the application."""

from __future__ import annotations

from simulator.cli.app import app
from simulator.cli.baseline import baseline
from simulator.cli.beams import beams
from simulator.cli.commission import app as commission
from simulator.cli.compare import compare
from simulator.cli.data import app as data
from simulator.cli.deliver import deliver
from simulator.cli.explain import explain
from simulator.cli.listing import list_models
from simulator.cli.nodes import nodes
from simulator.cli.plan import plan
from simulator.cli.pose import pose
from simulator.cli.run import run
from simulator.cli.survey import survey
from simulator.cli.sweep import sweep
from simulator.cli.trajectory import app as trajectory
from simulator.cli.urdf import urdf
from simulator.cli.view import view

__all__ = ["app"]

app.command(run)
app.command(pose)
app.command(nodes)
app.command(plan)
app.command(deliver)
app.command(beams)
app.command(view)
app.command(urdf)
app.command(baseline)
app.command(compare)
app.command(commission)
app.command(trajectory)
app.command(survey)
app.command(sweep)
app.command(data)
app.command(list_models, name="list")
app.command(explain)
