"""Candidates share what they have in common."""

from hypothesis import given
from hypothesis import strategies as st

from agent.models.candidate_trie import tries


@given(
    st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=30),
    st.integers(1, 20),
    st.integers(1, 8),
)
def test_every_token_is_judged_after_its_own_beginning(candidates: list[list[int]], nodes: int, branches: int):
    seen: list[int] = []
    for trie in tries(candidates, max_nodes=nodes, max_branches=branches):
        assert trie.branches <= branches
        assert len(trie.nodes) <= max(nodes, 5)
        for i, node in enumerate(trie.nodes):
            assert node.parent < i
            assert node.depth == (trie.nodes[node.parent].depth + 1 if node.parent >= 0 else 0)
            if node.parent >= 0:
                assert set(node.branches) <= set(trie.nodes[node.parent].branches)
        for member, path in zip(trie.members, trie.rows, strict=True):
            seen.append(member)
            assert len(path) == len(candidates[member])
            assert [trie.nodes[node].token for node in path if node >= 0] == candidates[member][:-1]
    assert sorted(seen) == list(range(len(candidates)))


def test_shared_beginnings_are_fed_once():
    (trie,) = tries([[1, 2, 3], [1, 2, 4], [1, 5], [6]], max_nodes=10, max_branches=10)
    assert [node.token for node in trie.nodes] == [1, 2]
    assert len(trie.nodes[0].branches) == 3
