"""The stage of the jobs' tests, for what is kept for them."""

from tests.jobs.conftest import sink, stage

__all__ = ["sink", "stage"]
