"""The magics over the kernel protocol, as a notebook front end and nbclient meet them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from mixwidget import load_dataset

ROOT = Path(__file__).parents[2]
SETUP = "%load_ext mixwidget\nfrom mixwidget import load_dataset\nsleep = load_dataset('sleepstudy')"
CELL = "%%lmer data=sleep -o fit\nReaction ~ Days + (Days | Subject)"
SECONDS = 60


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(cwd=str(ROOT), startup_timeout=SECONDS)
    try:
        assert _run(client, SETUP)[0]["status"] == "ok"
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _run(client, code):
    """Return the reply and the outputs as a page is left with them: updated in place, those without data gone."""
    messages = []
    reply = client.execute_interactive(code, timeout=SECONDS, output_hook=messages.append)
    left = {}
    for message in messages:
        kind, content = message["msg_type"], message["content"]
        place = content.get("transient", {}).get("display_id", message["msg_id"])
        if kind != "update_display_data":
            left[place] = (kind, content)
        elif place in left:  # else it is an output of an earlier cell
            left[place] = (left[place][0], content)
    return reply["content"], [(kind, content) for kind, content in left.values() if content.get("data", content)]


def _complete(client, code):
    before, _, after = code.partition("¦")
    client.complete(before + after, len(before))
    content = client.get_shell_msg(timeout=SECONDS)["content"]
    start, end = content["cursor_start"], content["cursor_end"]
    return [(before + after)[:start] + match + (before + after)[end:] for match in content["matches"]]


def test_a_cell_sends_html_and_text(kernel):
    reply, outputs = _run(kernel, CELL)
    assert reply["status"] == "ok"
    twin, live = [content["data"] for kind, content in outputs if kind == "display_data"]
    assert "<table" in twin["text/html"]
    assert "Satterthwaite's method" in twin["text/plain"]
    assert (live["text/html"], live["text/plain"]) == ("", "")
    assert live["application/vnd.jupyter.widget-view+json"]["model_id"] in twin["text/html"]
    assert not [kind for kind, _ in outputs if kind == "execute_result"]


@pytest.mark.parametrize(
    ("code", "completed"),
    [
        ("%%lm¦", "%%lmer"),
        ("%%lmer data=sl¦", "%%lmer data=sleep"),
        ("%%lmer data=sleep --m¦", "%%lmer data=sleep --ml"),
        ("%%lmer data=sleep\nReaction ~ Da¦", "%%lmer data=sleep\nReaction ~ Days"),
        ("%%lmer data=sleep\nReaction ~ Days + (Days | ¦", "%%lmer data=sleep\nReaction ~ Days + (Days | Subject"),
        ("fit = %lmer Reaction ~ Da¦ data=sleep", "fit = %lmer Reaction ~ Days data=sleep"),
    ],
)
def test_completion_puts_the_name_where_the_cursor_is(kernel, code, completed):
    assert completed in _complete(kernel, code)


def test_a_cell_fits_files_whose_path_is_completed(kernel, tmp_path):
    path = tmp_path / "sleep.csv"
    load_dataset("sleepstudy").to_csv(path, index=False)
    begun = f'%%lmer data="{path.with_suffix("")}¦'
    assert f'%%lmer data="{path}' in _complete(kernel, begun)
    _run(kernel, f"path = {str(path)!r}\nfrom mixwidget.answers import progress\nprogress.SILENT_SECONDS = -1.0")
    for code in (f'%%lmer data="{path}" -o found', "%%glmer data=path family=Gamma link=log -o found"):
        reply, outputs = _run(kernel, f"{code}\nReaction ~ Days + (Days | Subject)")
        assert reply["status"] == "ok"
        texts = [content["data"]["text/plain"] for kind, content in outputs if kind == "display_data"]
        assert "Number of obs: 180, groups:  Subject, 18" in texts[0], "the line of the rows was left behind"
    _run(kernel, "progress.SILENT_SECONDS = 1.0")


def test_completion_of_python_is_untouched(kernel):
    assert "sleep.Days" in _complete(kernel, "sleep.Da¦")


def test_help_shows_docstring_and_options(kernel):
    kernel.inspect("%%lmer?", 6)
    text = kernel.get_shell_msg(timeout=SECONDS)["content"]["data"]["text/plain"]
    assert "Fit linear mixed models" in text
    assert "data=NAME" in text


def test_an_error_is_one_sentence_with_a_caret_and_leaves_the_name(kernel):
    _run(kernel, "fit = 'earlier'")
    reply, outputs = _run(kernel, CELL.replace("| Subject", "| Subjct"))
    assert reply["status"] == "error"
    assert reply["ename"].endswith("Error")
    (error,) = [content for kind, content in outputs if kind == "error"]
    text = "\n".join(error["traceback"])
    assert "^^^^^^" in text
    assert "Subject" in text
    assert "Traceback" not in text
    assert _run(kernel, "assert fit == 'earlier'")[0]["status"] == "ok"


def test_a_wrong_option_is_an_error_reply(kernel):
    reply, outputs = _run(kernel, CELL.replace("-o fit", "--lm"))
    assert (reply["status"], reply["ename"]) == ("error", "UsageError")
    (stream,) = [content["text"] for kind, content in outputs if kind == "stream"]
    assert stream.strip() == "UsageError: unknown option --lm; did you mean --ml?"


def test_nbclient_sees_that_the_cells_failed():
    lines = ("data=sleep --lm", "data=slep", "data=sleep")
    failing = [f"%%lmer {line}\nReaction ~ Days + (Day | Subject)" for line in lines]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (SETUP, *failing)])
    client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(ROOT)}})
    with client.setup_kernel():
        client.execute_cell(notebook.cells[0], 0)
        for position, cell in enumerate(notebook.cells[1:], start=1):
            with pytest.raises(CellExecutionError):
                client.execute_cell(cell, position)
