"""Whatever is clicked on whatever data: no click ends in a defect, and each is answered."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest

import mixwidget as mw
from tests.widgets.walk import all_kinds, offered

N_CLICKS, N_COLUMNS, SECONDS = 60, 30, 60
UNEXPECTED = re.compile(r"\w+(Error|Exception|Warning): ")  # how a message of no error of ours begins


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")  # of a column of numbers near 1e200
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
@pytest.mark.parametrize("seed", range(3))
def test_clicks_at_random_end_in_no_defect(seed, monkeypatch):
    fallen = []
    monkeypatch.setattr(threading, "excepthook", fallen.append)
    widget = mw.explore(all_kinds(N_COLUMNS), data_name="d")
    rng = np.random.default_rng(seed)
    formulas = set()
    for number in range(1, N_CLICKS + 1):
        command = {"number": number, "value": "", "parts": [], "bar": 0, **offered(widget, rng)}
        widget.set_state({"command": command})
        assert widget.wait(SECONDS), (command, widget.formula)
        status, check = widget.status, widget.explore["check"]
        assert status["request"] == number
        assert "defect" not in status["hint"], (command, status, widget.formula)
        for note in check["notes"] if check else []:
            assert not UNEXPECTED.match(note["message"]), (command, note, widget.formula)
        formulas.add(widget.formula)
    widget.close()
    assert fallen == []
    assert len(formulas) > N_CLICKS / 3


def test_a_column_with_a_backquote_in_its_name_is_clicked_and_fitted():
    data = mw.load_dataset("sleepstudy").rename(columns={"Days": "d`a", "Subject": "s\\ub"})
    widget = mw.explore(data, data_name="d")
    days, subject = r"`d\`a`", r"`s\\ub`"
    assert {days, subject} <= {column["name"] for column in widget.frame["columns"]}
    for number, (action, more) in enumerate(
        (
            ("response", {"value": "Reaction"}),
            ("predictor", {"value": days}),
            ("group", {"parts": [subject]}),
            ("form", {"value": "full"}),
            ("fit", {}),
        ),
        start=1,
    ):
        widget.set_state({"command": {"number": number, "action": action, "value": "", "parts": [], "bar": 0, **more}})
    assert widget.wait(SECONDS)
    assert widget.fit is not None, widget.status
    assert widget.fit.sigma == pytest.approx(25.592, abs=0.001)
    widget.close()
