"""What all reports of the admin share."""

import pytest

from search.reports import Report


@pytest.mark.parametrize("title", ["=1+1", "+49 40", "-2+3", "@SUM(A1)", "\t=1"])
def test_no_report_exports_a_cell_that_a_spreadsheet_runs(title):
    assert Report().preprocess_field_value("title", title, Report.FORMAT_CSV) == "'" + title


def test_other_cells_are_exported_as_they_are():
    report = Report()
    assert report.preprocess_field_value("title", "1 = 1", Report.FORMAT_CSV) == "1 = 1"
    assert report.preprocess_field_value("number", -3, Report.FORMAT_CSV) == -3
    assert report.preprocess_field_value("title", "=1+1", Report.FORMAT_XLSX) == "=1+1"
