"""Whether something in a picture is unlike what was learned, and where."""
