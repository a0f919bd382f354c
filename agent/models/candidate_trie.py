"""Candidates as a trie of tokens, so that what they share is computed once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Node:
    """One token to feed, with what hangs below it.

    Attributes:
        token: the token.
        parent: index of the node before it; -1 for the end of the prompt.
        depth: tokens between the prompt and it.
        branches: numbers of the branches that run through it.
    """

    token: int
    parent: int
    depth: int
    branches: list[int] = field(default_factory=list[int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trie:
    """A batch of candidates.

    Only tokens that something follows are nodes: the last token of a candidate is judged, never fed.

    Attributes:
        nodes: every node after its parent.
        branches: how many branches the trie has.
        rows: for each candidate the node whose logits judge its first token, its second, …
        members: which candidates of the whole list these are.
    """

    nodes: list[Node]
    branches: int
    rows: list[list[int]]
    members: list[int]


def tries(candidates: Sequence[Sequence[int]], *, max_nodes: int, max_branches: int) -> Iterator[Trie]:
    """Cuts candidates into tries of bounded size (a single longer candidate makes a longer trie).

    Args:
        candidates: token ids of each.
        max_nodes: tokens to feed per trie.
        max_branches: branches per trie.
    """
    order = sorted(range(len(candidates)), key=lambda i: list(candidates[i]))
    batch: list[int] = []
    nodes = 0
    for i in order:
        cost = max(0, len(candidates[i]) - 1)
        if batch and (nodes + cost > max_nodes or len(batch) >= max_branches):
            yield _trie(candidates, batch)
            batch, nodes = [], 0
        batch.append(i)
        nodes += cost
    if batch:
        yield _trie(candidates, batch)


def _trie(candidates: Sequence[Sequence[int]], members: list[int]) -> Trie:
    nodes: list[Node] = []
    children: dict[tuple[int, int], int] = {}
    rows: list[list[int]] = []
    branches = 0
    for i in members:
        row = [-1]
        for depth, token in enumerate(candidates[i][:-1]):
            key = (row[-1], token)
            if key not in children:
                children[key] = len(nodes)
                nodes.append(Node(token=token, parent=row[-1], depth=depth))
            row.append(children[key])
        if len(row) > 1:
            for node in row[1:]:
                nodes[node].branches.append(branches)
            branches += 1
        rows.append(row[: len(candidates[i])])
    return Trie(nodes=nodes, branches=branches, rows=rows, members=members)
