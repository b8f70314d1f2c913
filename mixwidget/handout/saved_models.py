"""The anywidgets of a notebook, from the state that the notebook saved of them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CODE = ("_esm", "_css")


def saved_models(metadata: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the traits of each anywidget that the notebook holds, by the name of its model.

    Those whose module comes from an address are left out: a page without a network cannot run them.

    Parameters
    ----------
    metadata : mapping
        Of the notebook.
    """
    saved = metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    models = {name: _traits(model) for name, model in saved.items() if model.get("model_module") == "anywidget"}
    return {name: traits for name, traits in models.items() if _has_code(traits)}


def page_models(models: Mapping[str, Mapping[str, Any]], wanted: Iterable[str]) -> dict[str, Any]:
    """Return the models that a page shows, each module and style sheet once.

    Examples
    --------
    >>> page_models({"a": {"_esm": "x", "n": 1}, "b": {"_esm": "x", "n": 2}, "c": {"_esm": "y"}}, ["a", "b"])
    {'code': ['x', ''], 'models': {'a': {'esm': 0, 'css': 1, 'traits': {'n': 1}},
    'b': {'esm': 0, 'css': 1, 'traits': {'n': 2}}}}
    """
    code: list[str] = []

    def place(text: str) -> int:
        if text not in code:
            code.append(text)
        return code.index(text)

    shown = {
        name: {
            **{key.removeprefix("_"): place(str(models[name].get(key) or "")) for key in CODE},
            "traits": {key: value for key, value in models[name].items() if key not in CODE},
        }
        for name in wanted
    }
    return {"code": code, "models": shown}


def _has_code(traits: Mapping[str, Any]) -> bool:
    module = traits.get("_esm")
    return isinstance(module, str) and bool(module) and not module.startswith(("http://", "https://"))


def _traits(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return the traits of a model, its binary ones as bytes in their places."""
    traits = _copied(model.get("state", {}))
    for buffer in model.get("buffers", ()):
        holder: Any = traits
        *way, last = buffer["path"]
        for step in way:
            holder = holder[step]
        holder[last] = b64decode(buffer["data"])
    return traits


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list | tuple) else value
