"""Editing an ONNX model without the ``onnx`` package (33 MB): its nodes and constants read, replaced, and written.

protobuf comes with onnxruntime. Declared here are the few fields that are needed of the messages in
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; the others pass through, as protobuf keeps unknown fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Node = Any
"""A ``NodeProto``."""
Pattern = tuple[Any, ...]
"""An operator and what its first inputs must be: each another pattern, or a name to call it by."""
Array = npt.NDArray[Any]

_OPSETS = {"": 20, "com.microsoft": 1}  # of a new graph
_IR_VERSION = 9
_FIELDS = {
    "ModelProto": "ir_version:int64=1 opset_import:OperatorSetIdProto*=8 graph:GraphProto=7",
    "OperatorSetIdProto": "domain:string=1 version:int64=2",
    "GraphProto": "node:NodeProto*=1 name:string=2 initializer:TensorProto*=5 output:ValueInfoProto*=12",
    "NodeProto": "input:string*=1 output:string*=2 name:string=3 op_type:string=4 attribute:AttributeProto*=5 "
    "domain:string=7",
    "AttributeProto": "name:string=1 f:float=2 i:int64=3 s:bytes=4 ints:int64*=8 type:int32=20",
    "TensorProto": "dims:int64*=1 data_type:int32=2 float_data:float*=4 int32_data:int32*=5 int64_data:int64*=7 "
    "name:string=8 raw_data:bytes=9",
    "ValueInfoProto": "name:string=1",
}
_SCALARS = {"float": 2, "int64": 3, "int32": 5, "string": 9, "bytes": 12}  # FieldDescriptorProto.Type
_MESSAGE, _OPTIONAL, _REPEATED = 11, 1, 3
_TYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8"}  # TensorProto.DataType
_NUMBERS = {np.dtype(kind): number for number, kind in _TYPES.items()}
_FLOAT, _INT, _STRING, _INTS = 1, 2, 3, 7  # AttributeProto.AttributeType


def _messages() -> dict[str, Any]:
    """A class for each message of ``_FIELDS`` ("name:type=number", with a star where it is repeated)."""
    file = descriptor_pb2.FileDescriptorProto(name="onnx.proto", package="onnx", syntax="proto2")
    for message, declarations in _FIELDS.items():
        row = file.message_type.add(name=message)
        for declaration in declarations.split():
            name, _, rest = declaration.partition(":")
            kind, _, number = rest.partition("=")
            field = row.field.add(name=name, number=int(number))
            field.label = _REPEATED if kind.endswith("*") else _OPTIONAL
            field.type = _SCALARS.get(kind.rstrip("*"), _MESSAGE)
            if field.type == _MESSAGE:
                field.type_name = f".onnx.{kind.rstrip('*')}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"onnx.{name}")) for name in _FIELDS}


_CLASSES = _messages()


class Graph:
    """The graph of a serialised model, or a new one."""

    def __init__(self, model: bytes | None = None) -> None:
        self._model = _CLASSES["ModelProto"]()
        if model is None:
            self._model.ir_version, self._model.graph.name = _IR_VERSION, "graph"
            for domain, version in _OPSETS.items():
                self._model.opset_import.add(domain=domain, version=version)
        else:
            self._model.ParseFromString(model)
        self._nodes: list[Node] = list(self._model.graph.node)
        self._producers = {output: node for node in self._nodes for output in node.output}
        self._constants = {tensor.name: tensor for tensor in self._model.graph.initializer}

    def rewrite(self, *rules: Callable[[Graph, Node], bool]) -> Counter[str]:
        """Show every node, in order, to the rules until one returns True for having emitted others in its place.

        What computes the same result must have its name. Returns how often each rule did.
        """
        nodes, self._nodes, done = self._nodes, [], Counter[str]()
        for node in nodes:
            rule = next((rule for rule in rules if rule(self, node)), None)
            if rule is None:
                self._nodes.append(node)
            else:
                done[rule.__name__] += 1
        return done

    def match(self, name: str, pattern: Pattern) -> dict[str, str] | None:
        """The names called by a pattern, when ``name`` is computed so; one called twice must be the same twice."""
        found: dict[str, str] = {}
        return found if self._match(name, pattern, found) else None

    def _match(self, name: str, pattern: Pattern | str, found: dict[str, str]) -> bool:
        if isinstance(pattern, str):
            return found.setdefault(pattern, name) == name
        node = self.producer(name, pattern[0])
        if node is None or len(node.input) < len(pattern) - 1:
            return False
        return all(self._match(given, part, found) for given, part in zip(node.input, pattern[1:], strict=False))

    def producer(self, name: str, op_type: str) -> Node | None:
        """The node that computes ``name``, if it is an ``op_type``."""
        node = self._producers.get(name)
        return node if node is not None and node.op_type == op_type else None

    def constant(self, name: str) -> Array | None:
        """The value of a constant; None if ``name`` is none, or of another type than those of `add_constant`."""
        tensor = self._constants.get(name)
        if tensor is None or tensor.data_type not in _TYPES:
            return None
        kind = _TYPES[tensor.data_type]
        listed = tensor.float_data or tensor.int32_data or tensor.int64_data
        values = np.array(listed, kind) if listed else np.frombuffer(tensor.raw_data, kind)
        return values.reshape(tuple(tensor.dims))

    def add_constant(self, value: npt.ArrayLike) -> str:
        """The name of a new constant: float32, uint8, int8, int32 or int64."""
        array = np.asarray(value)
        name = f"constant:{len(self._constants)}"
        self._constants[name] = self._model.graph.initializer.add(
            name=name, dims=array.shape, data_type=_NUMBERS[array.dtype], raw_data=array.tobytes()
        )
        return name

    def add_output(self, name: str) -> None:
        """Make a value, of a type that follows from the graph, an output."""
        self._model.graph.output.add(name=name)

    def emit(self, op_type: str, *inputs: str, output: str = "", domain: str = "", **attributes: Any) -> str:
        """Add a node; the name of its one ``output``, a new one if not given. "" stands for an input left out."""
        output = output or f"{op_type}:{len(self._producers)}"
        node = _CLASSES["NodeProto"](op_type=op_type, input=inputs, output=[output], name=output, domain=domain)
        for name, value in attributes.items():
            attribute = node.attribute.add(name=name)
            if isinstance(value, float):
                attribute.f, attribute.type = value, _FLOAT
            elif isinstance(value, int):
                attribute.i, attribute.type = value, _INT
            else:
                attribute.type = _INTS
                attribute.ints.extend(value)
        self._nodes.append(node)
        self._producers[output] = node
        return output

    def serialised(self) -> bytes:
        """The model, without the nodes and constants that no output needs."""
        graph = self._model.graph
        nodes, used = _needed(self._nodes, [value.name for value in graph.output])
        del graph.node[:]
        graph.node.extend(nodes)
        for i in range(len(graph.initializer) - 1, -1, -1):
            if graph.initializer[i].name not in used:
                del graph.initializer[i]
        return bytes(self._model.SerializeToString())


def attributes(node: Node) -> dict[str, Any]:
    """The attributes of a node that are numbers, bytes, or lists of whole numbers."""
    fields = {_FLOAT: "f", _INT: "i", _STRING: "s", _INTS: "ints"}
    return {each.name: getattr(each, fields[each.type]) for each in node.attribute if each.type in fields}


def _needed(nodes: Sequence[Node], outputs: Sequence[str]) -> tuple[list[Node], set[str]]:
    used = set(outputs)
    kept = []
    for node in reversed(nodes):
        if not used.isdisjoint(node.output):
            kept.append(node)
            used.update(node.input)
    return kept[::-1], used
