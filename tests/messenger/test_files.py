from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from followup.cases.views import QueueRow
from messenger.cells import defused
from messenger.files import FileContext, file_name, queue_csv, queue_xlsx

LANGUAGES = ("en", "ru", "uk")
T1 = QueueRow(  # the test vector of the definitions: misses 10:00, 10:07, 10:20, an attempt at 10:25, contact at 10:40
    case_id=7,
    client="+380671234567",
    name="Anna K.",
    lines=("Sales", "+380441112233"),
    reason="not_answered",
    reasons=("not_answered", "abandoned_ivr"),
    first_call_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    last_call_at=datetime(2026, 11, 20, 8, 20, tzinfo=UTC),
    lost_seconds=1200,
    waiting_seconds=100_800,
    missed=3,
    attempts=2,
    first_attempt_seconds=1500,
    contact_seconds=2400,
    taken_by="Taras",
    state="closed",
    closed_at=datetime(2026, 11, 20, 8, 40, tzinfo=UTC),
    closed_by="Taras",
    how="manual",
    close_reason="spam",
    close_text=None,
)
COMMON_KEYS = 16
PROCESSED_KEYS = 21


def context(language="en", **other):
    return FileContext(language=language, timezone="Europe/Kyiv", tab="processed", **other)


def csv_rows(rows, given=None):
    text = queue_csv(rows, given or context()).decode("utf-8-sig")
    return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";")]


def cells(rows, given=None):
    sheet = openpyxl.load_workbook(io.BytesIO(queue_xlsx(rows, given or context()))).active
    headers = [cell.value for cell in sheet[1]]
    return [dict(zip(headers, line, strict=True)) for line in sheet.iter_rows(min_row=2)]


def test_csv_opens_by_a_double_click():
    raw = queue_csv([T1], context())
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 2
    assert raw.split(b"\r\n")[0].count(b";") == PROCESSED_KEYS - 1


def test_csv_tells_the_row_in_local_time_and_words():
    (row,) = csv_rows([T1])
    assert row["Client"] == "'+380671234567"
    assert row["Reason"] == "not answered by managers"
    assert row["First call"] == "2026-11-20 10:00:00"
    assert row["Lost for"] == "0:20:00"
    assert row["Waiting for"] == "28:00:00"
    assert (row["Missed calls"], row["Attempts"]) == ("3", "2")
    assert row["How closed"] == "handled by hand"
    assert row["Reason for closing"] == "Spam"
    assert row["Comment"] == ""


def test_xlsx_cells_have_their_types():
    (row,) = cells([T1])
    assert row["First call"].value == datetime(2026, 11, 20, 10, 0)
    assert row["First call"].is_date
    assert row["Waiting for"].value == timedelta(hours=28)
    assert row["Waiting for"].number_format == "[h]:mm:ss"
    assert (row["Case"].value, row["Missed calls"].value) == (7, 3)
    assert (row["Client"].value, row["Client"].data_type) == ("+380671234567", "s")
    assert row["Comment"].value is None


def test_xlsx_header_is_frozen_bold_and_filters():
    sheet = openpyxl.load_workbook(io.BytesIO(queue_xlsx([T1], context()))).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:U2"
    assert all(cell.font.bold for cell in sheet[1])


def test_a_moment_stands_in_the_zone_of_the_team_on_both_sides_of_the_clock_change():
    summer = replace(T1, first_call_at=datetime(2026, 7, 1, 7, 0, tzinfo=UTC))
    first, second = cells([T1, summer])
    assert (first["First call"].value.hour, second["First call"].value.hour) == (10, 10)


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_and_processed_have_the_columns_of_the_contract(language):
    for tab, width in (("open", COMMON_KEYS), ("processed", PROCESSED_KEYS)):
        given = FileContext(language=language, timezone="Europe/Kyiv", tab=tab)
        headers = queue_csv([], given).decode("utf-8-sig").strip().split(";")
        assert len(headers) == width
        assert len(set(headers)) == width
        assert len(cells([T1], given)[0]) == width


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_headers_are_translated(language):
    english, other = (queue_csv([], context(lang)).decode().split(";") for lang in ("en", language))
    assert all(a != b for a, b in zip(english, other, strict=True))


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1+1", "\n@x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_is_defused(text):
    row = replace(T1, name=text, close_text=text, client=text, taken_by=text, lines=(text,))
    (plain,), (typed,) = csv_rows([row]), cells([row])
    for column in ("Name", "Comment", "Taken by", "Lines"):
        assert plain[column].startswith("'"), column
        assert typed[column].value.startswith("'"), column
        assert typed[column].data_type == "s"
    assert plain["Client"].startswith("'")
    assert typed["Client"].data_type == "s"


def test_a_field_with_separators_stays_one_field():
    nasty = 'a";=1;"\r\nb'
    assert csv_rows([replace(T1, name=nasty)])[0]["Name"] == nasty


def test_texts_are_cut_to_what_a_cell_holds():
    assert len(defused("я" * 40_000)) == 32_767
    assert len(defused("😀" * 40_000)) == 16_383  # Excel counts two for each
    assert len(defused("=" * 40_000)) == 32_767
    assert len(cells([replace(T1, close_text="x" * 50_000)])[0]["Comment"].value) == 32_767


def test_control_characters_and_halves_of_pairs_do_not_break_the_file():
    row = replace(T1, name="An\x00na\ud800\x1b")
    assert csv_rows([row])[0]["Name"] == "Anna"
    assert cells([row])[0]["Name"].value == "Anna"


def test_numbers_are_masked_where_the_chat_may_not_read_them():
    masked, talkative = context(mask=True), replace(T1, name="+380671234567", close_text="wrote to 0671234567")
    (typed,) = cells([talkative], masked)
    assert typed["Client"].value == "+380 67 ••• 45 67"
    assert "1234567" not in typed["Name"].value + typed["Comment"].value
    assert "1234567" not in queue_csv([talkative], masked).decode()


def test_a_hidden_caller_is_named_so():
    assert csv_rows([replace(T1, client=None)])[0]["Client"] == "hidden number"


def test_the_teams_own_reasons_have_their_titles():
    row = replace(T1, close_reason="own_1")
    assert (
        csv_rows([row], context(titles={"own_1": "Went to the branch"}))[0]["Reason for closing"]
        == "Went to the branch"
    )


@pytest.mark.parametrize(
    "team, expected",
    [
        ("Sales", "missed-Sales-2026-11-20.csv"),
        ("Отдел продаж №1", "missed-Отдел-продаж-1-2026-11-20.csv"),
        ("../../etc/passwd", "missed-etc-passwd-2026-11-20.csv"),
        ("🔥", "missed-2026-11-20.csv"),
    ],
)
def test_file_names_are_safe(team, expected):
    assert file_name("missed", team, date(2026, 11, 20), "csv") == expected
