"""Write the trained reader as an ONNX graph for ONNX Runtime on processors: int8 weights, one passage at a time.

The graph is built node by node, because a traced model could not be fused and quantised. It reads
one (question, title, passage) without padding, so it has no attention mask, and what it says of a passage does not
depend on the passages beside it, as it would if they shared the scale of the quantised activations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Weights = Mapping[str, npt.NDArray[np.float32]]

OPSET = 20
_IR_VERSION = 10
_RUNTIME = "com.microsoft"  # the operators that only ONNX Runtime has
_EPSILON = 1e-12  # of every LayerNorm in BERT
_EMBEDDINGS = "encoder.embeddings."
#: Weights stay within seven bits: processors without VNNI add two products of 8-bit weights in 16 bits, and overflow.
WEIGHT_LIMIT = 63


@dataclass
class _Graph:
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, value: npt.NDArray[np.generic]) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, operator: str, *inputs: str, domain: str = "", named: str = "", **attributes: object) -> str:
        output = named or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output


def build(weights: Weights, *, n_layers: int, n_heads: int) -> onnx.ModelProto:
    """The graph: `input_ids` and `token_type_ids` (1, n) give `tokens` (1, n, 3) and `whole` (1,), all logits."""
    graph = _Graph()
    hidden = _embedded(graph, weights)
    for layer in range(n_layers):
        hidden = _layer(graph, weights, f"encoder.encoder.layer.{layer}.", hidden, n_heads)
    _heads(graph, weights, hidden)
    shape = ["passages", "tokens"]
    made = helper.make_graph(
        graph.nodes,
        "reader",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "token_type_ids")],
        [
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [*shape, 3]),
            helper.make_tensor_value_info("whole", TensorProto.FLOAT, shape[:1]),
        ],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_RUNTIME, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="seedbook")


def _embedded(graph: _Graph, weights: Weights) -> str:
    """Words as int8 with a scale for each, plus segment and place."""
    words = weights[f"{_EMBEDDINGS}word_embeddings.weight"]
    scales = np.abs(words).max(axis=1, keepdims=True) / 127
    rounded = graph.constant(np.round(words / scales).astype(np.int8))
    word = graph.node("Cast", graph.node("Gather", rounded, "input_ids"), to=TensorProto.FLOAT)
    scaled = graph.node("Mul", word, graph.node("Gather", graph.constant(scales.astype(np.float32)), "input_ids"))
    segments = graph.constant(weights[f"{_EMBEDDINGS}token_type_embeddings.weight"])
    places = graph.constant(weights[f"{_EMBEDDINGS}position_embeddings.weight"])
    n_tokens = graph.node("Shape", "input_ids", start=1, end=2)
    zero = graph.constant(np.zeros(1, dtype=np.int64))
    place = graph.node("Slice", places, zero, n_tokens, zero)
    return _normalised(graph, weights, _EMBEDDINGS, scaled, graph.node("Gather", segments, "token_type_ids"), place)


def _layer(graph: _Graph, weights: Weights, at: str, hidden: str, n_heads: int) -> str:
    projected = [_linear(graph, weights, f"{at}attention.self.{part}", hidden) for part in ("query", "key", "value")]
    attended = graph.node("MultiHeadAttention", *projected, domain=_RUNTIME, num_heads=n_heads)
    output = _linear(graph, weights, f"{at}attention.output.dense", attended)
    hidden = _normalised(graph, weights, f"{at}attention.output.", output, hidden)
    widened = graph.node("Gelu", _linear(graph, weights, f"{at}intermediate.dense", hidden))
    return _normalised(graph, weights, f"{at}output.", _linear(graph, weights, f"{at}output.dense", widened), hidden)


def _linear(graph: _Graph, weights: Weights, at: str, hidden: str) -> str:
    """A linear layer with int8 weights, a scale for each output, and activations quantised as they come."""
    matrix = weights[f"{at}.weight"].T
    scales = np.abs(matrix).max(axis=0) / WEIGHT_LIMIT
    rounded = graph.constant(np.round(matrix / scales).astype(np.int8))
    zeros = graph.constant(np.zeros(len(scales), dtype=np.int8))
    bias = graph.constant(weights[f"{at}.bias"])
    scaled_by = graph.constant(scales.astype(np.float32))
    return graph.node("DynamicQuantizeMatMul", hidden, rounded, scaled_by, zeros, bias, domain=_RUNTIME)


def _normalised(graph: _Graph, weights: Weights, at: str, *summands: str) -> str:
    # Sum and not Add: ONNX Runtime fuses Add with LayerNormalization into an operator that takes five times as long.
    gain, bias = (graph.constant(weights[f"{at}LayerNorm.{part}"]) for part in ("weight", "bias"))
    return graph.node("LayerNormalization", graph.node("Sum", *summands), gain, bias, epsilon=_EPSILON)


def _heads(graph: _Graph, weights: Weights, hidden: str) -> None:
    per_token = graph.node("MatMul", hidden, graph.constant(weights["tokens.weight"].T))
    graph.node("Add", per_token, graph.constant(weights["tokens.bias"]), named="tokens")
    first = graph.node("Gather", hidden, graph.constant(np.array(0, dtype=np.int64)), axis=1)
    answerable = graph.node("MatMul", first, graph.constant(weights["whole.weight"][0]))
    graph.node("Add", answerable, graph.constant(weights["whole.bias"]), named="whole")
