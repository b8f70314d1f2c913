"""Models that memory does not hold are refused in one sentence, before much is allocated."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.engine.model import memory, order
from mixwidget.errors import ProblemTooLargeError


def rows():
    rng = np.random.default_rng(3)
    n = 3000
    g, h, x = rng.integers(0, 300, n), rng.integers(0, 250, n), rng.normal(size=n)
    y = rng.normal(size=300)[g] + rng.normal(size=250)[h] + rng.normal(size=n)
    return pd.DataFrame({"g": g, "h": h, "x": x, "y": y})


@pytest.fixture
def little(monkeypatch):
    """Memory of one million bytes, of which models ask even where they are small."""
    monkeypatch.setattr(order, "NEVER_REFUSED", 0)
    monkeypatch.setattr(order, "free_bytes", lambda: 1_000_000)


@pytest.mark.parametrize(
    ("formula", "way", "sentence"),
    [
        ("y ~ x + (1 | g) + (1 | h)", "auto", r"250 crossed.*GB, of which 0\.0 GB are free.*crossed='iterative'"),
        ("y ~ x + (x | g) + (1 | h)", "dense", r"250 crossed.*crossed='iterative'.*levels: 'g' 300, 'h' 250"),
        ("y ~ x + (1 | g) + (x | h)", "auto", r"dense Schur complement of the 300 crossed.*crossed='iterative'"),
        ("y ~ x + (1 | g) + (1 | h)", "iterative", r"550 crossed.*in \d,\d{3} pairs.*without a dense.*drop a crossed"),
        ("y ~ x + (1 | g) + (1 | h)", "sparse", r"550 crossed.*drop a crossed term"),
    ],
)
def test_too_little_memory_is_said_before_it_is_taken(little, monkeypatch, formula, way, sentence):
    def allocate(*_):
        raise AssertionError("blocks were formed")

    for name in ("assemble", "assemble_scattered"):
        monkeypatch.setattr(f"mixwidget.engine.model.arrangement.{name}", allocate)
    with pytest.raises(ProblemTooLargeError, match=sentence) as caught:
        mw.lmer(formula, rows(), control=mw.Control(crossed=way))
    assert "\n" not in str(caught.value)


def test_generalized_model_is_told_that_it_needs_a_linear_one(little):
    with pytest.raises(ProblemTooLargeError, match="a linear model is fitted without it"):
        mw.glmer("y > 0 ~ x + (1 | g) + (1 | h)", rows(), family="binomial")


def test_iterations_take_what_a_dense_complement_does_not_get(monkeypatch):
    needed = order.DENSE_COPIES * 8 * 250**2
    monkeypatch.setattr(order, "NEVER_REFUSED", 0)
    monkeypatch.setattr(order, "MOST_PROBES", order.FEWEST_PROBES)
    monkeypatch.setattr(order, "free_bytes", lambda: needed)
    with pytest.raises(ProblemTooLargeError, match="dense"):
        mw.lmer("y ~ x + (1 | g) + (1 | h)", rows())
    assert mw.lmer("y ~ x + (1 | g) + (1 | h)", rows(), control=mw.Control(crossed="iterative")).verdict


def test_source_is_refused_before_its_second_pass(little):
    table = rows()
    reads = []

    class Counted:
        def __arrow_c_stream__(self, requested_schema=None):
            reads.append(requested_schema)
            return pa.table(table).__arrow_c_stream__()

    pa = pytest.importorskip("pyarrow")
    with pytest.raises(ProblemTooLargeError, match="crossed='iterative'"):
        mw.lmer("y ~ x + (1 | g) + (1 | h)", Counted())
    assert len(reads) <= 2  # for the schema and for the first pass


@pytest.mark.parametrize(
    "reason", ["Unable to allocate 74.5 GiB for an array with shape (100000, 100000) and data type float64", ""]
)
def test_memory_that_runs_out_all_the_same_is_said(monkeypatch, reason):
    def run_out(*_args, **_options):
        raise MemoryError(reason)

    monkeypatch.setattr("mixwidget.engine.model.arrangement.assemble", run_out)
    with pytest.raises(ProblemTooLargeError, match=r"memory ran out while the model was fitted \(.*\); free some"):
        mw.lmer("y ~ x + (1 | g)", rows())


def test_cached_files_count_as_free(monkeypatch, tmp_path):
    said = tmp_path / "meminfo"
    said.write_text("MemTotal: 100 kB\nMemFree: 5 kB\nMemAvailable:   70 kB\n", encoding="ascii")
    monkeypatch.setattr(memory, "MEMINFO", said)
    assert memory.free_bytes() == 70 * 1024
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "none")
    assert (memory.free_bytes() or 1) > 0  # as far as the system says
