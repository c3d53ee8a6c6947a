"""The tree of contact reasons: what a valid one is."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

DEEPEST = 4


class ReasonNode(msgspec.Struct, frozen=True):
    """One reason of one version of the tree."""

    id: UUID
    parent_id: UUID | None
    name_zh: str
    name_en: str
    position: int
    active: bool


def tree_fault(nodes: Sequence[ReasonNode]) -> str | None:
    """Return what is wrong with a tree (twice, orphan, loop, deep); None if it is right."""
    parents = {node.id: node.parent_id for node in nodes}
    if len(parents) != len(nodes):
        return "twice"
    for node in nodes:
        depth, at = 1, node.parent_id
        while at is not None:
            if at not in parents:
                return "orphan"
            depth += 1
            if depth > len(nodes):
                return "loop"
            at = parents[at]
        if depth > DEEPEST:
            return "deep"
    return None


def label(node_name_zh: str | None, node_name_en: str | None, language: str) -> str | None:
    """Return the name of a reason in a language, in the other one where it has none."""
    first, second = node_name_zh, node_name_en
    if language.startswith("en"):
        first, second = second, first
    return first or second or None
