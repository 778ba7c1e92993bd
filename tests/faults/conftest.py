"""The stage of the jobs' tests, for the tests that kill."""

from tests.jobs.conftest import sink, stage

__all__ = ["sink", "stage"]
