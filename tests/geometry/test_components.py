"""Connected components as scipy finds them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components as oracle

from simulator.geometry.components import connected_components


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 30))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node), max_size=60))


@given(graphs())
def test_components_are_those_of_scipy(graph):
    count, edges = graph
    first, second = np.array(edges, dtype=int).reshape(-1, 2).T
    expected = oracle(coo_array((np.ones(len(first)), (first, second)), shape=(count, count)), directed=False)[1]
    assert connected_components(count, first, second).tolist() == expected.tolist()


def test_a_long_chain_in_any_order_is_one_component():
    order = np.random.default_rng(0).permutation(20_000)
    assert not connected_components(len(order), order[:-1], order[1:]).any()
    apart = np.delete(np.arange(len(order) - 1), 9_999)
    assert np.bincount(connected_components(len(order), order[apart], order[apart + 1])).tolist() == [10_000, 10_000]


def test_no_nodes_have_no_components():
    assert connected_components(0, [], []).shape == (0,)
