"""YAML without its traps: plain values only, every one with its line.

No aliases, no tags, no dates, no key twice, and no reading of a file that is not what it seems.
"""

import yaml

from dataset_tools.schema.located import MAX_DEPTH, Located
from dataset_tools.text import shortened

_TEXT = "tag:yaml.org,2002:str"
_PLAIN = {
    "tag:yaml.org,2002:null": type(None),
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}


def read(text: str, where: str) -> Located:
    """Read a YAML text; `where` names it in errors.

    Raises:
        UserError: with the line, if it is not YAML or goes beyond plain values.
    """
    start = Located(None, 1, where)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:  # at once, since PyYAML takes time that grows with the square of the depth
                _at(event, where).fail("nested too deeply", "a schema needs no more than a few levels")
            if isinstance(event, yaml.AliasEvent):
                _at(event, where).fail("YAML aliases are not supported", "write the value out")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        Located(None, line, where).fail(f"not YAML: {error.problem or error.context}", "correct the line")
    except yaml.YAMLError as error:
        start.fail(f"not YAML: {shortened(str(error))}", "correct the file")
    except RecursionError:
        start.fail("nested too deeply", "a schema needs no more than a few levels")
    return start if node is None else _located(node, where, 0)


def _located(node: yaml.Node, where: str, depth: int) -> Located:
    here = _at(node, where)
    if depth > MAX_DEPTH:
        here.fail("nested too deeply", "a schema needs no more than a few levels")
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Located] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
                name = shortened(key.value) if isinstance(key, yaml.ScalarNode) else "a list or mapping"
                _at(key, where).fail(f"{name} is not a key: keys are words", "correct the line")
            if key.value in mapping:
                _at(key, where).fail(f"{shortened(key.value)} is there twice", "remove one of the two")
            entry = _located(value, where, depth + 1)
            mapping[key.value] = Located(entry.value, key.start_mark.line + 1, where)
        return Located(mapping, here.line, where)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(entry, where, depth + 1) for entry in node.value], here.line, where)
    if node.tag == _TEXT:
        return Located(node.value, here.line, where).whole_text()
    try:
        value = yaml.safe_load(node.value) if node.tag in _PLAIN else node.value
    except (yaml.YAMLError, ValueError):
        value = node.value
    if node.tag not in _PLAIN or not isinstance(value, _PLAIN[node.tag]):
        kind = node.tag.rpartition(":")[2]
        here.fail(f"{shortened(node.value)} is read as {shortened(kind)}, not as text", "put it into quotes")
    return Located(value, here.line, where)


def _at(place: yaml.Node | yaml.Event, where: str) -> Located:
    mark = place.start_mark
    return Located(None, 1 if mark is None else mark.line + 1, where)
