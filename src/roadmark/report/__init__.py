"""Reports: a dataset or a run as a static page for a browser."""

from roadmark.report.problems import Problem
from roadmark.report.write import Report, write_report

__all__ = ["Problem", "Report", "write_report"]
