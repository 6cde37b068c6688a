from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.report_pictures.survival import reached_by, share_at, waiting_at

# Freireich and others (1963): weeks of remission under 6-MP, with the estimate and its log-log band as printed since.
REMISSIONS = (
    *((6, True), (6, True), (6, True), (6, False), (7, True), (9, False), (10, True), (10, False), (11, False)),
    *((13, True), (16, True), (17, False), (19, False), (20, False), (22, True), (23, True), (25, False)),
    *((32, False), (32, False), (34, False), (35, False)),
)
PRINTED = (
    (6, 0.8571, 0.6197, 0.9516, 21),
    (7, 0.8067, 0.5631, 0.9228, 17),
    (10, 0.7529, 0.5032, 0.8894, 15),
    (13, 0.6902, 0.4316, 0.8491, 12),
    (16, 0.6275, 0.3675, 0.8049, 11),
    (22, 0.5378, 0.2678, 0.7468, 7),
    (23, 0.4482, 0.1881, 0.6801, 6),
)
delays = st.lists(st.tuples(st.integers(0, 50).map(float), st.booleans()), max_size=60)


def test_the_estimate_is_the_printed_one():
    found = [
        (point.hours, 1 - point.share, 1 - point.high, 1 - point.low, point.at_risk) for point in reached_by(REMISSIONS)
    ]
    for mine, printed in zip(found, PRINTED, strict=True):
        assert mine == pytest.approx(printed, abs=0.00006)


def test_without_others_the_estimate_is_the_plain_share():
    assert [point.share for point in reached_by([(1, True), (2, True), (3, True), (4, True)])] == [0.25, 0.5, 0.75, 1.0]


def test_who_was_never_reached_makes_no_point():
    assert reached_by([(5, False), (9, False)]) == []
    assert reached_by([]) == []


@given(delays)
def test_the_curve_only_climbs_and_lies_in_its_band(given_delays):
    points = reached_by(given_delays)
    assert [point.share for point in points] == sorted(point.share for point in points)
    assert [point.hours for point in points] == sorted({hours for hours, reached in given_delays if reached})
    assert all(0 <= point.low <= point.share <= point.high <= 1 for point in points)


@given(delays)
def test_the_order_of_clients_does_not_matter(given_delays):
    assert reached_by(given_delays) == reached_by(reversed(given_delays))


def test_how_many_still_waited():
    assert waiting_at(REMISSIONS, [0, 6, 7, 36]) == [21, 21, 17, 0]


def test_a_share_holds_until_the_next_one():
    points = reached_by(REMISSIONS)
    assert share_at(points, 5.9) is None
    assert share_at(points, 8) == points[1]
    assert share_at(points, 1000) == points[-1]
