from followup.reports.spreads import spread


def test_nothing_has_no_average():
    assert spread([]) == {"mean": None, "median": None, "p90": None, "n": 0}


def test_one_value_is_all_of_them():
    assert spread([90]) == {"mean": 90, "median": 90, "p90": 90, "n": 1}


def test_percentiles_between_two_values_are_linear():
    assert spread([40, 10, 20, 30]) == {"mean": 25, "median": 25, "p90": 37, "n": 4}
    assert spread(range(0, 1001, 100)) == {"mean": 500, "median": 500, "p90": 900, "n": 11}
