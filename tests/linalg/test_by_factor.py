"""The view by factor: what goes in by factor comes out by factor, from the chain and from the rest."""

import numpy as np
import pytest

from mixwidget.linalg.blocks import Blocks, ChainBlock
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.rest import Rest, RestFactor

SIZES, LEVELS = (2, 1, 3), (4, 5, 6)


@pytest.fixture(params=[((1,), (0, 2)), ((2, 1), (0,)), ((0, 1, 2), ()), ((), (0, 1, 2))], ids=str)
def view(request):
    chain, rest = request.param
    rng = np.random.default_rng(1)
    wide = [sum(SIZES[f] for f in chain[i:]) + 3 for i in range(len(chain))]
    panels = [rng.normal(size=(SIZES[f], width, LEVELS[f])) for f, width in zip(chain, wide, strict=True)]
    blocks = tuple(ChainBlock(SIZES[f], panel, (), None) for f, panel in zip(chain, panels, strict=True))
    places, m = [], 0
    for f in rest:
        places.append(RestFactor(SIZES[f], LEVELS[f], m))
        m += SIZES[f] * LEVELS[f]
    remaining = Rest(tuple(places), rng.normal(size=(m, m)), rng.normal(size=(m, 3))) if rest else None
    return ByFactor(chain, rest, Blocks(blocks, remaining, np.zeros((3, 3))))


@pytest.mark.parametrize("c", [0, 1, 4])
def test_stacks_come_back_from_where_they_were_put(view, c):
    rng = np.random.default_rng(2)
    stacks = [rng.normal(size=(k, c, J)) for k, J in zip(SIZES, LEVELS, strict=True)]
    found = view.gathered(*view.scattered(stacks))
    for one, other in zip(found, stacks, strict=True):
        np.testing.assert_array_equal(one, other)


def test_own_blocks_and_right_sides_have_a_factor_s_shape_and_place(view):
    for f, (k, J) in enumerate(zip(SIZES, LEVELS, strict=True)):
        assert view.own(f).shape == (k, k, J)
        assert view.right(f).shape == (k, 3, J)
        if f in view.rest:
            place = view.places[f]
            row = place.offset + (k - 1) * J + 2  # the last component of the third level
            np.testing.assert_array_equal(view.right(f)[k - 1, :, 2], view.blocks.rest.right[row])
            assert view.own(f)[k - 1, 0, 2] == view.blocks.rest.own[row, place.offset + 2]
        else:
            panel = view.blocks.chain[view.chain.index(f)].panel
            np.testing.assert_array_equal(view.own(f), panel[:, :k])
            np.testing.assert_array_equal(view.right(f), panel[:, -3:])


def test_diagonal_blocks_and_items_are_split_alike(view):
    chain, rest = view.split(("a", "b", "c"))
    assert chain + rest == tuple("abc"[f] for f in view.order)
    own = [view.own(f) for f in range(3)]
    rest = view.blocks.rest
    found = view.diagonal([own[f] for f in view.chain], np.zeros((0, 0)) if rest is None else rest.own)
    for one, other in zip(found, own, strict=True):
        np.testing.assert_array_equal(one, other)
