"""The command's nouns work on the jobs' small world."""

from tests.jobs.conftest import sink, stage

__all__ = ["sink", "stage"]
