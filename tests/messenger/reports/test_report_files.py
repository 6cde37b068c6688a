from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from zipfile import ZipFile

import openpyxl
import pytest

from followup.errors import FollowupError
from followup.reports.selection import KINDS
from messenger.report_files import FileStyle, file_style, report_csv, report_file_name, report_json, report_xlsx
from messenger.report_table import flat_columns, row_columns
from messenger.report_words import ReportWords, fixed_words
from tests.messenger.reports.told import KEYS, report

LANGUAGES = ("en", "ru", "uk")
HEAD = 4  # title, period, filters, stretches without data; the header is the next line


def style(language="en", **other):
    return FileStyle(language=language, **other)


def lines(told, given=None):
    given = given or style()
    text = report_csv(told, given).decode(given.encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=given.separator))


def sheets(told, given=None):
    return openpyxl.load_workbook(io.BytesIO(report_xlsx(told, given or style())))


def column(told, given, key):
    """The cells of one column, total included."""
    sheet = sheets(told, given).worksheets[0]
    place = [flat.key for flat in flat_columns(row_columns(told))].index(key)
    return [row[place] for row in sheet.iter_rows(min_row=HEAD + 2)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_csv_and_workbook_hold_every_column_and_every_row(kind, language):
    told = report(kind)
    header, *rows = lines(told, style(language))
    titles = [ReportWords(kind, language).title(flat.key) for flat in flat_columns(row_columns(told))]
    totals = 0 if kind == "missed" else 1
    assert header == titles
    assert len(rows) == len(told.rows) + totals
    sheet = sheets(told, style(language)).worksheets[0]
    assert [cell.value for cell in sheet[HEAD + 1]] == titles
    assert sheet.max_row == HEAD + 1 + len(rows)


def test_a_spread_is_four_columns():
    header, first, *_ = lines(report("team"))
    spread = dict(zip(header, first, strict=True))
    assert [key for key in spread if key.startswith("To contact")] == [
        f"To contact: {part}" for part in ("mean", "median", "p90", "count")
    ]
    told = report("team").rows[0]["contact_seconds"]
    assert spread["To contact: count"] == str(told["n"])
    assert spread["To contact: median"] == str(timedelta(seconds=told["median"]))


def test_the_total_is_the_reports_own_not_a_sum():
    told = report("callbacks")
    told = replace(told, total={**told.total, "unique": 3})
    header, *_, total = lines(told)
    assert total[0] == "Total"
    assert total[header.index("Unique calls")] == "3"
    assert [cell.value for cell in column(told, style(), "unique")][-1] == 3


def test_calls_nobody_made_have_their_row():
    assert lines(report("calls"), style("ru"))[-2][0] == "Не назначен"


def test_csv_is_written_as_it_was_set():
    told = report("team")
    usual = report_csv(told, style("ru"))
    assert usual.startswith(b"\xef\xbb\xbf")
    assert b"0,8125" in usual
    chosen = file_style("ru", {"separator": "tab", "encoding": "windows-1251", "decimal": "point"})
    text = report_csv(told, chosen).decode("windows-1251")
    assert text.startswith("Менеджер\t")
    assert "0.8125" in text


def test_what_an_encoding_cannot_say_does_not_stop_the_file():
    told = report("calls", rows=1)
    told = replace(told, rows=({**told.rows[0], "manager": "Ґ 😀 漢"},))
    assert lines(told, style("uk", encoding="windows-1251"))[1][0] == "Ґ ? ?"


@pytest.mark.parametrize(
    "settings", [{"separator": "|"}, {"encoding": "koi8-r"}, {"decimal": "."}, {"timezone": "Mars/Base"}, {"x": "y"}]
)
def test_a_setting_nobody_knows_is_refused(settings):
    with pytest.raises(FollowupError) as refused:
        file_style("en", settings)
    assert refused.value.key == "bad_setting"


def test_moments_stand_in_the_zone_of_the_settings():
    told = report("missed", rows=1)
    here, there = (
        lines(told, style(timezone=zone))[1][KEYS["missed"].index("first_call_at")] for zone in (None, "UTC")
    )
    assert datetime.fromisoformat(here) - datetime.fromisoformat(there) == timedelta(hours=2)


def test_workbook_cells_have_their_types():
    told = report("missed", rows=12)
    assert all(cell.is_date for cell in column(told, style(), "first_call_at"))
    assert [cell.value for cell in column(told, style(), "missed")] == [3] * 12
    spans = column(told, style(), "waiting_seconds")
    assert {cell.number_format for cell in spans} == {"[h]:mm:ss"}
    assert {cell.value for cell in spans} == {timedelta(hours=28)}
    numbers = [cell.value for cell in column(told, style(), "client")]
    assert numbers[1:]
    assert all(number.startswith("+380") for number in numbers[1:11])
    extensions = column(report("calls"), style(), "extension")
    assert {cell.data_type for cell in extensions[:-1]} == {"s"}


def test_a_share_is_a_percentage_in_the_workbook():
    cells = column(report("team"), style(), "occupancy")
    assert {cell.number_format for cell in cells} == {"0.0%"}
    assert cells[-1].value == 0.8125


@pytest.mark.parametrize("text", ["=1+1", "+1-1", "-1", "@sum", "\t=1", "\r=1", " =1", "＝1"])
def test_nothing_from_outside_is_a_formula(text):
    told = report("calls", rows=1)
    told = replace(told, rows=({**told.rows[0], "manager": text},), team_name=text)
    assert lines(told)[1][0].startswith("'")
    sheet = sheets(told).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert not any(b"<f>" in part for part in parts(report_xlsx(told, style())))


def parts(workbook):
    with ZipFile(io.BytesIO(workbook)) as book:
        return [book.read(name) for name in book.namelist()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_header_is_frozen_and_the_filter_leaves_the_total_out(kind):
    told = report(kind)
    sheet = sheets(told).worksheets[0]
    assert sheet.freeze_panes == f"B{HEAD + 2}"
    assert sheet.auto_filter.ref.endswith(str(HEAD + 1 + len(told.rows)))


def test_the_workbook_says_what_was_asked_and_defines_every_column():
    told = report("calls")
    book = sheets(told)
    assert [sheet.title for sheet in book.worksheets] == ["Report", "Definitions"]
    assert "Sales" in book.worksheets[0]["A1"].value
    assert "Europe/Kyiv" in book.worksheets[0]["A2"].value
    defined = [row[2].value for row in book["Definitions"].iter_rows(min_row=2)]
    assert defined == [ReportWords("calls", "en").definition(key) for key in KEYS["calls"]]


def test_totals_that_are_no_columns_have_their_sheet():
    book = sheets(report("missed"))
    assert [sheet.title for sheet in book.worksheets] == ["Report", "Totals", "Definitions"]
    told = {row[0].value: row[1].value for row in book["Totals"].iter_rows(min_row=2)}
    words = ReportWords("missed", "en")
    assert told[words.long_title("calls.manual")] == 120
    assert len(told) == 1 + 8 + 8 + 8


def test_numbers_are_masked_where_the_chat_wants_it():
    told = report("missed", rows=3)
    (_, hidden, _) = (cell.value for cell in column(told, style(mask=True), "client"))
    assert "•" in hidden
    assert told.rows[1]["client"] not in json.dumps(lines(told, style(mask=True)))


def test_no_rows_make_a_file_all_the_same():
    for kind in KINDS:
        empty = replace(report(kind), rows=())
        assert len(lines(empty)) == (1 if kind == "missed" else 2)
        assert sheets(empty).worksheets[0].max_row >= HEAD + 1


def test_the_same_report_gives_the_same_bytes():
    told = report("calls")
    assert report_xlsx(told, style()) == report_xlsx(told, style())


def test_json_is_the_document_of_the_outside():
    document = json.loads(report_json(report("calls")))
    assert (document["kind"], document["from"], document["to"]) == ("calls", "2026-11-01", "2026-11-15")
    assert document["as_of"] == "2026-11-15T15:30:00+02:00"


def test_a_file_name_sorts():
    assert report_file_name(report("calls").selection, "xlsx") == "calls_2026-11-01_2026-11-15.xlsx"


def test_every_language_names_the_sheets():
    for language in LANGUAGES:
        said = fixed_words(language)
        titles = [sheet.title for sheet in sheets(report("missed"), style(language)).worksheets]
        assert titles == [said["report"], said["totals"], said["definitions"]]
