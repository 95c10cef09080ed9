from components.keys.keys import NOTHING, unheard


def sent(*numbers, visit="a"):
    return {"visit": visit, "acts": [{"number": number, "step": number} for number in numbers]}


def heard(told, handled=NOTHING):
    return [act["step"] for act, _ in unheard(told, handled)]


def test_what_is_sent_again_is_handled_once_and_in_order():
    assert heard(sent(1, 2, 3)) == [1, 2, 3]
    handled = unheard(sent(1, 2), NOTHING)[-1][1]
    assert handled == ("a", 2)
    assert heard(sent(1, 2, 3, 4), handled) == [3, 4]
    assert heard(sent(1, 2), handled) == []


def test_a_new_visit_counts_from_one_again():
    assert heard(sent(1, visit="b"), ("a", 7)) == [1]


def test_what_makes_no_sense_is_passed_over():
    for told in (None, "x", {}, {"visit": 1, "acts": []}, {"visit": "a", "acts": "no"}):
        assert unheard(told, NOTHING) == []
    assert heard({"visit": "a", "acts": [3, {"number": "1"}, {"number": 2, "step": 5}]}) == [5]
