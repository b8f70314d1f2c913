"""The plan of a sparse Cholesky factorisation: an order that makes little fill, and dense fronts along its tree.

Duff & Reid (1983), ACM Trans. Math. Softw. 9(3), for fronts; Liu (1990), SIAM J. Matrix Anal. Appl. 11(1), for the
elimination tree. The plan depends on the pattern alone, so that it is made once for a search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import spilu

FRONT_COLUMNS = 48  # up to which fronts are merged with their parents: below, a front costs its calls, not its flops


@dataclass(frozen=True, slots=True)
class Front:
    """Some columns that are eliminated together.

    Attributes
    ----------
    columns, below : ndarray of intp
        The columns, and the rows below them in which they have entries, in the order of elimination.
    parent : int
        The front that takes up what is left below; -1 for none.
    place : ndarray of intp
        Where `below` stands in the parent's columns and rows.
    entries : ndarray of intp
        Which entries of the matrix are assembled here.
    at : ndarray of intp
        Where they stand in the front, flat, in its lower triangle.
    """

    columns: np.ndarray
    below: np.ndarray
    parent: int
    place: np.ndarray
    entries: np.ndarray
    at: np.ndarray

    @property
    def size(self) -> int:
        """Its columns and the rows below them."""
        return len(self.columns) + len(self.below)


@dataclass(frozen=True, slots=True)
class FrontPlan:
    """How a sparse symmetric matrix is factored.

    Attributes
    ----------
    order : ndarray of intp, shape (m,)
        The row that is eliminated first, second, ...
    fronts : tuple of Front
        Children before parents.
    n_entries : int
        Entries of the Cholesky factor, padding included.
    """

    order: np.ndarray
    fronts: tuple[Front, ...]
    n_entries: int


def envelope(blocks: sparse.csr_matrix, own: sparse.csr_matrix) -> int:
    """Return how many entries a factor of ``own - blocks' blocks`` has within an envelope, at most.

    The order is Cuthill and McKee's of the graph of rows and columns of `blocks`, so that the product is not formed: a
    bound on the fill that costs a look at each entry.

    Parameters
    ----------
    blocks : csr_matrix, shape (levels, m)
    own : csr_matrix, shape (m, m)
    """
    n_levels: int = blocks.shape[0]
    graph: Any = sparse.bmat([[None, blocks], [blocks.T, own]], format="csr")
    order = csgraph.reverse_cuthill_mckee(graph, symmetric_mode=True)
    kept = order[order >= n_levels] - n_levels
    position = np.empty(len(kept), dtype=np.intp)
    position[kept] = np.arange(len(kept))
    met, within = _places(blocks), _places(own)
    first_met = np.full(n_levels, len(kept))
    np.minimum.at(first_met, met[0], position[met[1]])
    first = np.arange(len(kept))
    np.minimum.at(first, position[met[1]], first_met[met[0]])
    np.minimum.at(first, position[within[1]], position[within[0]])
    return int((np.arange(len(kept)) - first + 1).sum())


def _places(matrix: Any) -> tuple[np.ndarray, np.ndarray]:
    entries = matrix.tocoo()
    return entries.row, entries.col


def plan_fronts(rows: np.ndarray, columns: np.ndarray, m: int, most_entries: int) -> FrontPlan | None:
    """Plan the factorisation of a symmetric matrix; None where the factor would have more entries than allowed.

    Parameters
    ----------
    rows, columns : ndarray of intp, shape (entries,)
        Its lower triangle; the diagonal must be there.
    m : int
    most_entries : int

    Examples
    --------
    >>> import numpy as np
    >>> plan_fronts(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]), 3, 100).n_entries <= 6
    True
    """
    order = _minimum_degree(rows, columns, m)
    position = np.empty(m, dtype=np.intp)
    position[order] = np.arange(m)
    below = _structures(position[rows], position[columns], m, most_entries)
    if below is None:
        return None
    groups, parent = _merged(below)
    groups, parent = _postordered(groups, parent)
    return _planned(order, below, groups, parent, position, rows, columns)


def _minimum_degree(rows: np.ndarray, columns: np.ndarray, m: int) -> np.ndarray:
    """Return SuperLU's minimum-degree order, which it gives away with an incomplete factor that drops everything."""
    apart = rows != columns
    i, j = rows[apart], columns[apart]
    small = np.full(2 * len(i), -0.5 / max(m, 1))
    matrix: Any = sparse.csc_matrix((small, (np.append(i, j), np.append(j, i))), (m, m)) + sparse.identity(m)
    found = spilu(
        matrix.tocsc(),
        drop_tol=1.0,
        fill_factor=1.0,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    return np.argsort(found.perm_c).astype(np.intp)


def _structures(rows: np.ndarray, columns: np.ndarray, m: int, most: int) -> list[np.ndarray] | None:
    """Return the rows below the diagonal of each column of the factor; None where they are too many."""
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    apart = low != high
    by_column: Any = sparse.csc_matrix((np.ones(apart.sum()), (high[apart], low[apart])), (m, m))
    starts, own = by_column.indptr, by_column.indices
    children: list[list[int]] = [[] for _ in range(m)]
    below: list[np.ndarray] = []
    count = m
    for j in range(m):
        parts = [own[starts[j] : starts[j + 1]], *(below[child][1:] for child in children[j])]
        mine = np.unique(np.concatenate(parts)) if children[j] else np.sort(parts[0])
        below.append(mine)
        count += len(mine)
        if count > most:
            return None
        if len(mine):
            children[mine[0]].append(j)
    return below


def _merged(below: list[np.ndarray]) -> tuple[list[list[int]], list[int]]:
    """Return groups of columns that make one front each, and the parent of each group."""
    m = len(below)
    group = list(range(m))  # of each column, by the last column in it
    members: dict[int, list[int]] = {}
    sizes = np.array([len(rows) for rows in below])
    children: list[list[int]] = [[] for _ in range(m)]
    for j in range(m):
        members[j] = [j]
        width = 1
        for child in sorted(children[j], key=lambda c: -sizes[c]):
            more = len(members[child])
            padding = more * (width + int(sizes[j]) - int(sizes[child]))
            if width + more <= FRONT_COLUMNS or not padding:
                members[j] = members.pop(child) + members[j]
                width += more
        if len(below[j]):
            children[int(below[j][0])].append(j)
    for last, mine in members.items():
        for column in mine:
            group[column] = last
    heads = sorted(members)
    number = {last: i for i, last in enumerate(heads)}
    parent = [number[group[int(below[last][0])]] if len(below[last]) else -1 for last in heads]
    return [members[last] for last in heads], parent


def _postordered(groups: list[list[int]], parent: list[int]) -> tuple[list[list[int]], list[int]]:
    """Return the groups with children just before their parents."""
    children: list[list[int]] = [[] for _ in groups]
    for i, above in enumerate(parent):
        if above >= 0:
            children[above].append(i)
    found: list[int] = []
    stack = [i for i, above in enumerate(parent) if above < 0]
    while stack:
        i = stack.pop()
        found.append(i)
        stack += children[i]
    found.reverse()
    number = {old: new for new, old in enumerate(found)}
    return [groups[i] for i in found], [number[parent[i]] if parent[i] >= 0 else -1 for i in found]


def _planned(
    order: np.ndarray,
    below: list[np.ndarray],
    groups: list[list[int]],
    parent: list[int],
    position: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
) -> FrontPlan:
    relabelled = np.concatenate([np.array(group, dtype=np.intp) for group in groups])
    new = np.empty(len(order), dtype=np.intp)
    new[relabelled] = np.arange(len(order))
    front_of = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    i, j = new[position[rows]], new[position[columns]]
    low, high = np.minimum(i, j), np.maximum(i, j)
    by_front = np.argsort(front_of[low], kind="stable")
    bounds = np.searchsorted(front_of[low][by_front], np.arange(len(groups) + 1))
    starts = np.cumsum([0, *(len(group) for group in groups)])
    indices = [
        np.append(np.arange(starts[f], starts[f + 1]), np.sort(new[below[group[-1]]])) for f, group in enumerate(groups)
    ]
    fronts, n_entries = [], 0
    for f, index in enumerate(indices):
        width, size = len(groups[f]), len(index)
        entries = by_front[bounds[f] : bounds[f + 1]]
        at = np.searchsorted(index, high[entries]) * size + np.searchsorted(index, low[entries])
        above = indices[parent[f]] if parent[f] >= 0 else index[:0]
        place = np.searchsorted(above, index[width:])
        fronts.append(Front(index[:width], index[width:], parent[f], place, entries, at))
        n_entries += width * size - width * (width - 1) // 2
    return FrontPlan(order[relabelled], tuple(fronts), n_entries)
