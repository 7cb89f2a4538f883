"""Opening speech models: one thread, and an inner value shown as an output.

The exported graphs compute a duration per symbol and keep it to themselves. A serialised protobuf message may be
followed by another of the same type: a parser merges them, embedded messages field by field, lists appended
(https://protobuf.dev/programming-guides/encoding/#last-one-wins). So a second ``ModelProto`` that holds nothing but
one more ``graph.output`` is appended to the bytes of the first, and no ONNX library is needed to edit the graph.
"""

from __future__ import annotations

import onnxruntime as ort

_GRAPH, _OUTPUT = 7, 12  # field numbers of onnx.proto: ModelProto.graph, GraphProto.output
_NAME, _TYPE, _TENSOR, _ELEMENT = 1, 2, 1, 1  # ValueInfoProto.name, .type; TypeProto.tensor_type, .elem_type
_FLOAT = 1


def extra_output(name: str) -> bytes:
    """Bytes that, appended to a model, make its inner float value ``name`` an output."""
    element = bytes([_ELEMENT << 3, _FLOAT])
    value = _field(_NAME, name.encode()) + _field(_TYPE, _field(_TENSOR, element))
    return _field(_GRAPH, _field(_OUTPUT, value))


def open_session(model: bytes) -> ort.InferenceSession:
    """A session on one thread. It keeps onnxruntime's memory arena: without it the peak of a sentence doubles."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
