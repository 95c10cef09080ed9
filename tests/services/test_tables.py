import csv
import io

from services.tables import csv_of


def test_a_table_comes_back_as_it_was_and_what_is_no_number_is_empty():
    rows = [{"a b": "x,\ny", "n": 1.5}, {"a b": None, "n": float("nan")}]
    assert list(csv.DictReader(io.StringIO(csv_of(rows)))) == [
        {"a b": "x,\ny", "n": "1.5"},
        {"a b": "", "n": ""},
    ]


def test_what_a_spreadsheet_would_run_is_text_and_a_negative_number_is_none_of_that():
    assert csv_of([{"=a": "=1+1", "n": -2.5}]) == "'=a,n\n'=1+1,-2.5\n"


def test_no_rows_make_an_empty_table():
    assert csv_of([]) == "\n"
