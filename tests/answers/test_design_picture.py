"""Nested against crossed: what is said, which term is written, which cells are drawn."""

import pytest

import mixwidget as mw
from mixwidget.views.incidence import MAX_ACROSS, MAX_DOWN

# data, columns, the kind, the term, a part of the sentence
CASES = [
    ("pastes", ("batch", "sample"), "nested", "(1 | batch/sample)", "each of the 30 levels of sample occurs in one"),
    ("pastes", ("sample", "batch"), "nested", "(1 | batch/sample)", "of the 10 levels of batch only"),
    ("pastes", ("batch", "cask"), "crossed", "(1 | batch) + (1 | cask)", "each of the 3 levels of cask"),
    ("penicillin", ("plate", "sample"), "crossed", "(1 | plate) + (1 | sample)", "24 levels of plate"),
    ("insteval", ("s", "d"), "partly crossed", "(1 | s) + (1 | d)", "73,421 of 3,352,416 pairs"),
    ("grouseticks", ("BROOD", "LOCATION"), "nested", "(1 | LOCATION/BROOD)", "118 levels of BROOD"),
]


@pytest.mark.parametrize(("name", "columns", "kind", "term", "part"), CASES)
def test_the_rows_say_which_term_to_write(name, columns, kind, term, part):
    data = mw.load_dataset(name)
    picture = mw.design_picture(data, *columns)
    assert (picture.incidence.kind, picture.term) == (kind, term)
    assert part in picture.sentence
    frame = picture.to_frame()
    counted = data.groupby(list(columns), observed=True).size()
    assert frame["rows"].sum() == len(data)
    assert len(frame) == len(counted)
    for first, second, rows in frame.head(50).itertuples(index=False):
        assert counted[first, second] == rows


@pytest.mark.parametrize(("name", "columns"), [case[:2] for case in CASES])
def test_as_many_levels_are_drawn_as_can_be_seen(name, columns):
    view = mw.design_picture(mw.load_dataset(name), *columns).incidence
    n_across, n_down = len(view.across_levels), len(view.down_levels)
    assert n_across <= MAX_ACROSS
    assert n_down <= MAX_DOWN
    n_levels = {column: mw.load_dataset(name)[column].nunique() for column in columns}
    is_whole = (n_across, n_down) == (n_levels[view.across], n_levels[view.down])
    assert (view.sampled == "") == is_whole
    if not is_whole:
        assert f"{n_down} of {n_levels[view.down]:,} levels of {view.down}" in view.sampled
        assert f"{n_across} of {n_levels[view.across]:,} levels of {view.across}" in view.sampled
    assert {cell.across for cell in view.cells} <= set(view.across_levels)
    assert all(any(cell.across == level for cell in view.cells) for level in view.across_levels)


def test_nested_levels_stand_in_steps():
    view = mw.design_picture(mw.load_dataset("pastes"), "batch", "sample").incidence
    places = [view.down_levels.index(cell.down) for cell in view.cells]
    assert places == sorted(places)


def test_labels_that_are_used_again_are_pointed_out():
    text = str(mw.design_picture(mw.load_dataset("pastes"), "batch", "cask"))
    assert (
        "If it is another one in each, as pupil 1 of every school is, cask is nested: write (1 | batch/cask)." in text
    )
    assert "cask has 3 levels only" in text
    assert "Ask what changes for a new batch." in text
    assert "it has 9 coefficients, one for each of these 10 but the first" in text


def test_the_same_groups_need_one_term():
    data = {"school": [1, 1, 2, 2], "head": ["x", "x", "y", "y"]}
    picture = mw.design_picture(data, "school", "head")
    assert (picture.term, picture.sentence) == (
        "(1 | school)",
        "The same groups: each school has one head and each head one school.",
    )


def test_names_are_quoted_and_missing_rows_counted():
    data = {"test school": [1, 1, 2, None], "pupil": ["a", "b", "c", "d"]}
    picture = mw.design_picture(data, "test school", "pupil")
    assert picture.term == "(1 | `test school`/pupil)"
    assert picture.sentence.endswith("Rows that lack one of the two are left out: 1.")


def test_the_picture_has_the_words_and_a_cell_for_each_pair():
    picture = mw.design_picture(mw.load_dataset("penicillin"), "plate", "sample")
    drawn = picture.plot()
    words = drawn.words.replace("\n", " ")
    assert words.startswith(picture.sentence)
    assert picture.term in words
    assert len(picture.incidence.cells) == 144
    assert set(picture._repr_mimebundle_()) == {"text/html", "text/plain"}


BAD = [
    (("Subjct", "Days"), "the data have no column 'Subjct'; did you mean 'Subject'?"),
    (("Days", "Days"), "'Days' is given twice; name two different columns"),
]


@pytest.mark.parametrize(("columns", "message"), BAD)
def test_bad_columns_are_named(columns, message):
    with pytest.raises(mw.errors.DataError, match=message.replace("?", r"\?")):
        mw.design_picture(mw.load_dataset("sleepstudy"), *columns)
