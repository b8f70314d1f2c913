"""A cell that runs hundreds of times in a real kernel leaves what it left after the first runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).parents[2]
SECONDS = 120
RUNS = 200
SLACK = 50  # objects a run: IPython's history and weak references grow by a dozen, one fit that is kept is over 100
SETUP = """
%load_ext mixwidget
import collections, gc, json, threading
import comm, ipywidgets
import mixwidget as mw
sleep = mw.load_dataset("sleepstudy")
fit = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
COUNTED = ("FitWidget", "LmerModel", "Session", "Fit", "DataFrame")
"""
COUNT = """
while gc.collect():  # what a finaliser let go of is found by the next collection
    pass
kinds = collections.Counter(type(found).__name__ for found in gc.get_objects())
counts = {kind: kinds[kind] for kind in COUNTED}
counts["widgets"] = len(ipywidgets.widgets.widget._instances)
counts["comms"] = len(comm.get_comm_manager().comms)
counts["threads"] = threading.active_count()
counts["objects"] = sum(kinds.values())
print(json.dumps(counts))
"""
CELLS = {
    "the magic": "%%lmer data=sleep -o again\nReaction ~ Days + (Days | Subject)",
    "a comparison": "%%lmer data=sleep\na << Reaction ~ Days + (1 | Subject)\nb << Reaction ~ Days + (Days | Subject)",
    "an explorer": "fit.explorer()",
    "a picker with a name": "picker = fit.picker()\npicker",
    # the click of a browser, and the wait for its fit: the worker's thread ends too
    "a refit": """
picker = fit.picker()
display(picker)
choice = json.loads(json.dumps(picker.ladder["choice"]))
choice["groups"][0]["form"] = "diagonal"
picker.set_state({"command": {"number": 1, "action": "choose", "choice": choice}})
assert picker.wait(30)
""",
}


class Kernel:
    """A kernel, and a front end that names its cells as JupyterLab does."""

    def __init__(self):
        self.manager, self.client = start_new_kernel(cwd=str(ROOT), startup_timeout=SECONDS)

    def run(self, code, cell):
        """Run a cell and return what it printed."""
        session = self.client.session
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = session.msg("execute_request", content, metadata={"cellId": cell})
        self.client.shell_channel.send(message)
        printed, is_idle = "", False
        while not is_idle:
            heard = self.client.get_iopub_msg(timeout=SECONDS)
            if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            kind, said = heard["msg_type"], heard["content"]
            assert kind != "error", said
            printed += said["text"] if kind == "stream" else ""
            is_idle = kind == "status" and said["execution_state"] == "idle"
        self.client.get_shell_msg(timeout=SECONDS)
        return printed

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    running = Kernel()
    running.run(SETUP, "setup")
    yield running
    running.stop()


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_runs_hundreds_of_times_leaves_no_more_than_one_that_ran_a_few(kernel, name):
    runs = RUNS if name == "the magic" else RUNS // 4
    for _ in range(5):
        kernel.run(CELLS[name], name)
    before = json.loads(kernel.run(COUNT, "count"))
    for _ in range(runs):
        kernel.run(CELLS[name], name)
    after = json.loads(kernel.run(COUNT, "count"))
    assert after.pop("objects") - before.pop("objects") < SLACK * runs
    assert after == before
