"""Plans written for one test, read back."""

import pytest
from support.dicom_plans import write_plan

from simulator.dicom.plan import Plan


@pytest.fixture
def read(tmp_path):
    """A function that writes a plan of beams and returns what is read of it; options are those of `write_plan`."""

    def written_and_read(*beams, **options):
        return Plan.read(write_plan(tmp_path / "plan.dcm", *beams, **options))

    return written_and_read
