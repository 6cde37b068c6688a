from datetime import UTC, datetime

from followup.reports.selection import selection_of
from followup.reports.shape import Column, Report, to_json, value_of

AS_OF = datetime(2026, 11, 20, 12, 0, 0, 500, tzinfo=UTC)


def report(**more) -> Report:
    chosen = selection_of("missed", "2026-11-20", "2026-11-20", {"line": ["site"]})
    return Report(
        selection=chosen,
        team_id=1,
        team_name="Aurora",
        timezone="Europe/Kyiv",
        as_of=AS_OF,
        columns=(Column(key="calls.open", unit="count", definition="R20"),),
        **{"rows": (), "total": {}} | more,
    )


def test_the_document_has_exactly_the_common_keys():
    document = to_json(report())
    assert list(document) == [
        *("kind", "team", "from", "to", "as_of", "timezone", "filters", "options", "rows", "total"),
    ]
    assert document["filters"] == {"line": ["site"]}
    assert (document["from"], document["to"]) == ("2026-11-20", "2026-11-20")


def test_moments_carry_the_offset_of_the_team():
    document = to_json(report(rows=({"first_call_at": AS_OF, "lines": ("a",)},), total={"calls": {"open": 1}}))
    assert document["as_of"] == "2026-11-20T14:00:00+02:00"
    assert document["rows"] == [{"first_call_at": "2026-11-20T14:00:00+02:00", "lines": ["a"]}]


def test_a_dot_leads_inside():
    assert value_of({"calls": {"open": 3}}, "calls.open") == 3
    assert value_of({"calls": {"open": 3}}, "cases.open") is None
    assert value_of({"p50": None}, "p50.n") is None
