"""Who may import whom (DESIGN.md, section 2), how long a file may be, and what `import mixwidget` must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mixwidget"
MAX_LINES = 300

# A file above MAX_LINES stands here with its own limit and the reason why two files would be worse.
LONGER_FILES: dict[str, tuple[int, str]] = {
    "glmer.py": (620, "the calls and the class that they return: a docstring and one call into a room for each"),
    "model.py": (1080, "one class: what a user can ask a fit; a docstring and one call into a room for each method"),
}


@dataclass(frozen=True)
class Room:
    """What a room may import beside the standard library, itself and the house: rooms below it, packages."""

    rooms: frozenset[str]
    packages: frozenset[str]


def _room(rooms: str = "", packages: str = "") -> Room:
    return Room(_words(rooms), _words(packages))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HOUSE = frozenset({"errors", "control"})  # every room may import these
HALL = "hall"  # __init__.py, lmer.py, model.py: the front hall, which joins the rooms
HALL_FILES = {"__init__.py", "glmer.py", "lmer.py", "model.py", "errors.py", "control.py"}
ENGINE = "engine.sums engine.model engine.criterion engine.search"
BELOW_VIEWS = f"formula linalg dialect design sources {ENGINE} pushdown family fit inference"
TABLE = {
    "formula": _room(),
    # the words of the formula: how numbers and names are written
    "dialect": _room("formula", "numpy pandas scipy"),
    "linalg": _room("", "numpy scipy"),
    "design": _room("formula linalg dialect", "narwhals numpy pandas scipy"),
    # batches of data larger than memory, through the same design; what reads them is imported where it is used
    "sources": _room("formula dialect design", "duckdb numpy pandas pyarrow"),
    "engine": _room(),
    "engine.sums": _room("linalg", "numpy scipy"),
    "engine.model": _room("linalg engine.sums", "numpy scipy"),
    "engine.criterion": _room("linalg engine.sums engine.model", "numpy scipy"),
    "engine.search": _room("linalg engine.sums engine.model engine.criterion", "numpy scipy"),
    # the same sums, formed in DuckDB, Spark, ... through narwhals, and read only by fits that ask for it
    "pushdown": _room("formula dialect design sources engine.sums", "narwhals numpy pandas"),
    # distributions and links, what the engine is told of a response; statsmodels' family objects are read, not imported
    "family": _room("", "numpy scipy"),
    # beyond DESIGN.md's list: predict reads the formula text of re_form, and solves with the blocks for its variances
    "fit": _room(
        f"formula linalg dialect design sources family {ENGINE} pushdown", "numpy pandas pyarrow scipy threadpoolctl"
    ),
    # statsmodels: adjustments of p values, and the rivals that a fit is shown beside; imported where they are used
    "inference": _room(f"linalg dialect design family fit {ENGINE}", "numpy pandas scipy statsmodels"),
    "views": _room("design fit inference", "numpy pandas"),
    "report": _room("views"),
    # a chart writes numbers as the tables do
    "plots": _room("views report", "altair numpy pandas vl_convert"),
    # draws data whose truth is known, and keeps what fits make of them
    "teaching": _room("fit inference views", "numpy pandas"),
    # the picker fits: it reads the data again and writes formulas, as the front hall does
    "widgets": _room(
        "formula family design fit inference views report teaching", "anywidget ipywidgets numpy pandas traitlets"
    ),
    # beyond DESIGN.md's list: an answer opens its widgets (`mw.simplify(fit).picker()`)
    "answers": _room("design sources family fit inference views report plots widgets", "numpy pandas"),
    # the magic notes what its cell gives, as widgets do when a cell shows them, so that a second run lets go of it
    # beyond DESIGN.md's list: the name of the last fit, which the button "Use as ..." gives on; the names of families
    # and links, which completion offers; what is a data frame or a source, and the columns of both
    "magic": _room(f"{HALL} design sources family widgets handout", "IPython traitlets"),
    # a handout fits what its pickers may be clicked to, and the bar that shows it is that of the answers
    "handout": _room(
        "fit inference views report widgets answers", "docutils jinja2 nbconvert numpy traitlets vl_convert websocket"
    ),
    "datasets": _room("", "numpy pandas"),
    # beyond DESIGN.md's list: what is before a first fit; it fits as a user would, and opens the widgets
    "beginning": _room(f"{HALL} fit teaching answers widgets"),
    # beyond DESIGN.md's list: what is between here and R; a call of R is fitted as a user would write it here, which
    # is the hall's
    "lme4": _room(
        f"{HALL} formula dialect design family fit views report answers datasets", "numpy pandas statsmodels"
    ),
}
# not to be loaded before they are used; pyarrow is not in the list, since pandas itself imports it where it finds it
LAZY = ("duckdb", "altair", "vl_convert", "anywidget", "ipywidgets", "IPython", "statsmodels", "polars", "matplotlib")

# Above `fit`, what needs only labels and sums reads no rows, which may be more than memory holds; these do, and why.
READS_ROWS = {
    "answers/check_design.py": "looks at columns and levels before any fit",
    "inference/augment.py": "a line for each row",
    "inference/binned_rows.py": "mean responses along a predictor",
    "inference/conditional_aic.py": "sums over rows what each adds to its own fitted value",
    "inference/curve_request.py": "which levels occur beside which",
    "inference/free_variances.py": "takes the rows of a design that has not been fitted",
    "inference/generalized_rivals.py": "hands the rows to other programs",
    "inference/influence.py": "leaves rows out",
    "inference/line_points.py": "the rows that lines go through",
    "inference/lineup.py": "the responses beside simulated ones, and their means by level",
    "inference/linear_rivals.py": "hands the rows to other programs",
    "inference/lines.py": "which rows a line belongs to, and their span",
    "inference/lines_request.py": "whether a predictor varies within the levels",
    "inference/mean_rows.py": "means of columns over the rows of each level",
    "inference/observation_scale.py": "integrates over the random effects of each row",
    "inference/observation_variance.py": "the mean over the rows",
    "inference/plain_models.py": "fits the rows of each level alone",
    "inference/replicates.py": "draws whole groups of rows",
    "views/diagnostic_plot.py": "a mark for each row",
    "views/generalized_plot.py": "a mark for each row",
    "views/lineup.py": "which panel has the data follows from the responses",
    "views/structure.py": "which slopes vary within which levels",
}
ROOMS_OF_ROWS = {"formula", "dialect", "linalg", "engine", "design", "sources", "pushdown", "fit", HALL}


def _files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    if len(parts) > 1:
        return _room_named(parts[:-1])
    return "house" if path.stem in HOUSE else HALL


def _room_named(parts: Sequence[str]) -> str:
    """The room of a dotted name: the longest one of the table that it begins with, or the front hall."""
    if parts[0] in HOUSE:
        return parts[0]
    within = ".".join(parts[:2])
    return within if within in TABLE else parts[0] if parts[0] in TABLE else HALL


def _imports(path: Path) -> list[tuple[int, str]]:
    return _imports_of(_tree(path), ("mixwidget", *path.relative_to(PACKAGE).parts[:-1]))


def _imports_of(tree: ast.Module, package: tuple[str, ...]) -> list[tuple[int, str]]:
    """Line and absolute dotted name of every import, those inside functions and under TYPE_CHECKING too."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            # `from mixwidget import x` imports a room or the front hall's x
            names = [f"mixwidget.{alias.name}" for alias in node.names] if module == "mixwidget" else [module]
            found += [(node.lineno, name) for name in names]
    return sorted(found)


def _complaint(room: str, imported: str) -> str | None:
    allowed = TABLE.get(room, _room())
    top, _, rest = imported.partition(".")
    if room == HALL or top in sys.stdlib_module_names or top in allowed.packages:
        return None
    if top != "mixwidget":
        return f"the package {top}"
    target = _room_named(rest.split("."))
    return None if target in HOUSE | allowed.rooms | {room} else f"the room {target}"


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_a_room_imports_only_what_stands_below_it(path):
    room = _room_of(path)
    complaints = [
        f"{_name(path)}:{line} imports {complaint}, which {room} may not"
        for line, imported in _imports(path)
        if (complaint := _complaint(room, imported))
    ]
    assert not complaints, "\n".join(complaints)


def test_only_named_files_above_fit_read_rows():
    above = [path for path in _files() if _room_of(path).partition(".")[0] not in ROOMS_OF_ROWS]
    found = {_name(path): lines for path in above if (lines := _rows_read(_tree(path)))}
    assert found.keys() == READS_ROWS.keys(), found


def _rows_read(tree: ast.Module) -> list[int]:
    """Return the lines that read the rows of a fit or of a filled design, or that name their type."""
    named = {
        node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arg) and node.annotation is not None and ast.unparse(node.annotation) == "Fit"
    }
    owners = named | {"fit", "filled", "drawn"}
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.module == "mixwidget.design.rows")
        or (
            isinstance(node, ast.Attribute)
            and node.attr in ("rows", "pooled_rows")
            and ast.unparse(node.value).rpartition(".")[2] in owners
        )
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("fit.rows.y", [1]),
        ("def f(one: Fit):\n    return one.rows", [2]),
        ("n = self.fit.pooled_rows", [1]),
        ("from mixwidget.design.rows import Rows", [1]),
        ("view.rows, fit.cross.n, term.rows", []),
    ],
)
def test_reading_rows_is_seen(text, lines):
    assert _rows_read(ast.parse(text)) == lines


def test_every_folder_is_a_room_of_the_table():
    folders = {".".join(path.relative_to(PACKAGE).parts[:-1]) for path in _files() if path.parent != PACKAGE}
    assert folders <= set(TABLE)


def test_the_front_hall_is_small():
    assert {path.name for path in PACKAGE.glob("*.py")} == HALL_FILES


def test_no_files_import_each_other_in_a_circle():
    """Lazy imports and those for types count: a circle is one thought in two files, however late it is closed."""
    names = {_module(path): path for path in _files()}
    graph = {module: _targets(path, names) - {module} for module, path in names.items()}
    graph["mixwidget"] = set()  # the package's face: rooms read it to be what a user types, and it joins them all
    assert _circles(graph) == []


def _module(path: Path) -> str:
    parts = ("mixwidget", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _targets(path: Path, known: Iterable[str]) -> set[str]:
    package = ("mixwidget", *path.relative_to(PACKAGE).parts[:-1])
    found: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            submodules = {f"{module}.{alias.name}" for alias in node.names} & set(known)
            found |= submodules or {module}
    return found & set(known)


def _circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The sets of modules that reach each other, by removing over and over what imports nothing that is left."""
    left = dict(graph)
    while free := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets for name, targets in left.items() if name not in free}
    while unused := left.keys() - set().union(*left.values()):
        left = {name: targets & left.keys() - unused for name, targets in left.items() if name not in unused}
    return [sorted(left)] if left else []


def test_a_circle_is_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set[str]()}
    assert _circles(graph) == [["b", "c"]]


def test_the_table_itself_only_looks_downwards():
    order = [*BELOW_VIEWS.split(), "views", "report", "plots", "teaching", "widgets", "answers"]
    for room in order:
        assert all(order.index(below) < order.index(room) for below in TABLE[room].rooms)


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_a_file_is_short_enough_to_read(path):
    limit, _ = LONGER_FILES.get(_name(path), (MAX_LINES, ""))
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


def test_exceptions_to_the_length_are_argued_and_still_needed():
    for name, (limit, reason) in LONGER_FILES.items():
        lines = len((PACKAGE / name).read_text(encoding="utf-8").splitlines())
        assert MAX_LINES < lines <= limit
        assert len(reason) > 20


# What a fit found is made of; what was asked for (control, priors, call) is not. A function that is told three of these
# is told a value that holds them.
PARTS = _words(
    "Fit LinearFit GeneralizedFit Design Rows PooledRows Sums CrossProducts Family "
    "Optimum LinearOptimum GeneralizedOptimum Criterion Linear Generalized GeneralizedCriterion Certificate "
    "Arrangement Basis ThetaLayout Blocks Evaluation Derivatives SecondOrder Point Slope Joint Mode "
    "Estimates GeneralizedEstimates"
)
FITS = {"Fit", "LinearFit", "GeneralizedFit"}


def _parts_of_functions(tree: ast.Module) -> list[tuple[str, list[str]]]:
    """Return name and parts of each function that is told parts of a fit.

    What makes a fit of them is left out, and so is `__init__`: a class is the value that holds them.
    """
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [
        (function.name, parts)
        for function in functions
        if _named(function.returns) not in FITS and function.name != "__init__"
        if (parts := [name for arg in _arguments(function) if (name := _named(arg.annotation)) in PARTS])
    ]


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _named(annotation: ast.expr | None) -> str:
    """Return the type that an annotation names, without what it is of and whether it may be absent."""
    return ast.unparse(annotation).partition("[")[0].removesuffix(" | None") if annotation is not None else ""


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_no_function_takes_more_than_two_parts_of_a_fit(path):
    assert not [(name, parts) for name, parts in _parts_of_functions(_tree(path)) if len(parts) > 2]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("def f(a: Arrangement, at: Evaluation, slope: Derivatives) -> float: ...", 3),
        ("def f(optimum: Optimum[Any, Any], *, sums: Sums | None = None, y: np.ndarray) -> float: ...", 2),
        ("def f(evaluate: Callable[[np.ndarray], Evaluation], at: Evaluation) -> float: ...", 1),
        ("def solve(design: Design, rows: Rows, control: Control) -> LinearFit: ...", 0),
    ],
)
def test_parts_of_a_fit_are_counted(text, parts):
    assert sum(len(found) for _, found in _parts_of_functions(ast.parse(text))) == parts


@pytest.mark.parametrize("path", [path for path in _files() if _room_of(path) != "magic"], ids=_name)
def test_only_the_magic_prints(path):
    calls = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    assert not [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_every_file_and_so_every_room_says_what_it_is_for(path):
    docstring = ast.get_docstring(_tree(path))
    assert docstring
    assert len(docstring.split()) >= 4


def test_every_room_is_a_package():
    assert not [room for room in {path.parent for path in _files()} if not (room / "__init__.py").exists()]


@pytest.mark.parametrize(
    ("room", "imported", "is_allowed"),
    [
        ("engine.model", "pandas", False),
        ("engine.model", "mixwidget.linalg.blocks", True),
        ("engine.model", "mixwidget.design.design", False),
        ("engine.model", "mixwidget.errors", True),
        ("engine.model", "mixwidget.engine.sums.pooled_rows", True),
        ("engine.sums", "mixwidget.engine.model.basis", False),
        ("answers", "mixwidget.model", False),
        ("formula", "numpy", False),
        ("report", "IPython.display", False),
        ("magic", "IPython.core.magic", True),
        ("magic", "mixwidget.lmer", True),
        ("views", "mixwidget.lmer", False),
        ("fit", "mixwidget.inference.satterthwaite", False),
        ("house", "numpy", False),
        (HALL, "mixwidget.magic", True),
    ],
)
def test_the_table_is_read_as_meant(room, imported, is_allowed):
    assert (_complaint(room, imported) is None) == is_allowed


def test_lazy_and_relative_imports_are_seen():
    text = "def f():\n    import altair as alt\n    from . import beta\n    from ..engine.model.theta import Theta\n"
    assert _imports_of(ast.parse(text), ("mixwidget", "views")) == [
        (2, "altair"),
        (3, "mixwidget.views"),
        (4, "mixwidget.engine.model.theta"),
    ]


def test_importing_mixwidget_leaves_the_slow_packages_alone():
    code = f"import sys, mixwidget; print(*[name for name in {LAZY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.split() == []
