"""YAML as packs and registers are written in: plain data, and no key twice in one mapping.

YAML's own loaders keep the last of two and say nothing: a figure that somebody wrote, and reads in the file, would be
in force for nobody.
"""

from __future__ import annotations

from collections.abc import Hashable

import yaml

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quick one where it is built in."""


def plain_yaml(text: str) -> object:
    """Return what a YAML document says.

    Raises ``yaml.YAMLError`` for what is none, and ``ValueError``, with line and key, for a key that stands twice.
    """
    return yaml.load(text, Loader=_Strict)


class _Strict(_LOADER):  # type: ignore[valid-type,misc]
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        """Return a mapping, once it is sure that none of its keys stands twice."""
        seen: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            line, name = key.start_mark.line + 1, (key.tag, key.value)
            if name in seen:
                raise ValueError(f"line {line}: the key {key.value} stands twice; it stands in line {seen[name]}")
            seen[name] = line
        return dict(super().construct_mapping(node, deep))
