"""Write the pictures of README and of the pages: the explorer, what a click in the structure picker does, two plots.

`python docs/film.py docs/pictures` runs the widget itself: its script in headless Chromium, its Python half here, and
between them what anywidget does, traits there and back. It needs Chromium, playwright and Pillow.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

import mixwidget as mw

WIDTH, HEIGHT, TALL = 1000, 620, 1150
COLOURS = 48  # of the moving picture: keeps it small
FORMS = ("diagonal", "intercept")  # what is clicked, by the words under `||` and `1`
HOST = """
window.told = {};
window.unpack = (value) => {
  if (Array.isArray(value)) return value.map(unpack);
  if (value === null || typeof value !== "object") return value;
  if ("$bytes" in value) return new DataView(Uint8Array.from(atob(value.$bytes), (c) => c.charCodeAt(0)).buffer);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unpack(inner)]));
};
window.start = async (state, loader) => {
  const heard = new Map(), values = unpack(state);
  const on = (event, call) => heard.set(event, [...(heard.get(event) ?? []), call]);
  const off = (event, call) => heard.set(event, (heard.get(event) ?? []).filter((known) => known !== call));
  const say = (event) => (heard.get(event) ?? []).forEach((call) => call());
  const model = {
    get: (name) => values[name], on, off, send: () => {},
    set: (name, value) => { values[name] = value; told[name] = value; say(`change:${name}`); },
    save_changes: () => { const sent = JSON.stringify(told); told = {}; window.sent(sent); },
  };
  window.hear = (changes) => {
    for (const [name, value] of Object.entries(changes)) { values[name] = unpack(value); }
    for (const name of Object.keys(changes)) { say(`change:${name}`); }
  };
  const url = URL.createObjectURL(new Blob([loader], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  await widget.render({ model, el: document.querySelector("#widget"), signal: new AbortController().signal });
};
"""


class Stage:
    """The widget's two halves, joined."""

    def __init__(self, page: Page, widget: Any) -> None:
        self.page, self.widget = page, widget
        self.known = _state(widget)
        page.set_content(
            '<!doctype html><html lang="en"><body style="margin: 12px; font: 14px sans-serif; background: #fff">'
            '<style id="css"></style><div id="widget"></div></body></html>'
        )
        page.expose_function("sent", self._take)
        page.add_script_tag(content=HOST)
        page.evaluate("([css]) => { document.querySelector('#css').textContent = css }", [str(widget._css)])  # noqa: SLF001
        page.evaluate("([state, loader]) => start(state, loader)", [self.known, str(widget._esm)])  # noqa: SLF001
        self.settle()

    def _take(self, sent: str) -> None:
        for name, value in json.loads(sent).items():
            self.widget.set_trait(name, value)

    def settle(self, seconds: float = 20.0) -> None:
        """Pass on what Python changes, until nothing has changed for a moment."""
        end, quiet = time.monotonic() + seconds, 0
        while time.monotonic() < end and quiet < 8:
            self.page.wait_for_timeout(100)
            now = _state(self.widget)
            changes = {name: value for name, value in now.items() if value != self.known.get(name)}
            self.known = now
            if changes:
                self.page.evaluate("(changes) => hear(changes)", changes)
            is_idle = self.widget.status.get("state", "idle") == "idle"
            quiet = quiet + 1 if is_idle and not changes else 0

    def picture(self) -> Image.Image:
        """Return what is seen."""
        return Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")


def _state(widget: Any) -> dict[str, Any]:
    return {name: _packed(getattr(widget, name)) for name in widget.keys if not name.startswith("_")}


def _packed(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, dict):
        return {name: _packed(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _with_pointer(picture: Image.Image, x: float, y: float, *, pressed: bool = False) -> Image.Image:
    """Return the picture with an arrow whose point is at (x, y), and a ring round it while it is pressed."""
    shown = picture.copy()
    draw = ImageDraw.Draw(shown)
    if pressed:
        draw.ellipse((x - 13, y - 13, x + 13, y + 13), outline="#d1495b", width=3)
    shape = [(0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (13, 12)]
    draw.polygon([(x + dx, y + dy) for dx, dy in shape], fill="#111", outline="#fff")
    return shown


def film(stage: Stage) -> list[tuple[Image.Image, int]]:
    """Return pictures with their durations in ms: the pointer clicks ``||``, then ``1``, each time to another fit."""
    frames: list[tuple[Image.Image, int]] = []
    come_from = (560.0, 420.0)
    for label in FORMS:
        frames += _click(stage, label, come_from)
        come_from = _middle_of(stage, label)
    return frames


def _middle_of(stage: Stage, label: str) -> tuple[float, float]:
    """Return the middle of the button of a form."""
    box = stage.page.locator("[data-factor=Subject] label").filter(has_text=label).first.bounding_box()
    if box is None:
        raise RuntimeError(f"no form is called {label!r} in the picker")
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _click(stage: Stage, label: str, start: tuple[float, float]) -> list[tuple[Image.Image, int]]:
    before = stage.picture()
    x, y = _middle_of(stage, label)
    path = [(x + (1 - t) * (start[0] - x), y + (1 - t) * (start[1] - y)) for t in (0.0, 0.35, 0.65, 0.85, 1.0)]
    frames = [(_with_pointer(before, *place), 900 if n == 0 else 110) for n, place in enumerate(path)]
    frames.append((_with_pointer(before, x, y, pressed=True), 350))
    stage.page.mouse.click(x, y)
    stage.settle()
    after = stage.picture()
    return [*frames, (_with_pointer(after, x, y, pressed=True), 250), (_with_pointer(after, x, y), 2200)]


def write_film(frames: list[tuple[Image.Image, int]], path: Path) -> None:
    """Write a GIF whose frames share one palette."""
    palette = frames[-1][0].quantize(COLOURS, dither=Image.Dither.NONE)
    images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image, _ in frames]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=[ms for _, ms in frames],
        loop=0,
        optimize=True,
        disposal=1,
    )


def write_plots(folder: Path) -> None:
    """Write the pictures of how-to pages, as the calls on these pages make them."""
    quiet = mw.Control(warn=False)
    trials = mw.load_dataset("crowding_sim")
    mw.glmer("ResponseCorrect ~ Size * Condition + (Size | Subject)", trials).plot("curves").save(folder / "curves.svg")
    pain = mw.lmer("pain ~ dosage + (dosage | subject_id)", mw.load_dataset("painkiller"), control=quiet)
    pain.landscape(progress=False).plot().save(folder / "landscape.svg")


def main(folder: Path) -> None:
    """Write all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    write_plots(folder)
    sleep, hsb = mw.load_dataset("sleepstudy"), mw.load_dataset("hsb")
    moving = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep).explorer(theme="light")
    quiet = mw.Control(warn=False)
    still = mw.lmer("math ~ ses * sector + (ses | sch.id)", hsb, control=quiet).explorer(theme="light")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": TALL})
        picture = Stage(page, still).picture()
        picture.quantize(96, dither=Image.Dither.NONE).save(folder / "explorer.png", optimize=True)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        write_film(film(Stage(page, moving)), folder / "click.gif")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
