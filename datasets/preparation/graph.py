"""A fitted recipe as an ONNX graph: the code that serving runs. Pure."""

import json
from typing import Final

import onnx
from onnx import TensorProto, helper

from core.errors import InvalidInput
from datasets.preparation.nodes import IR, ML_OPSET, OPSET, Nodes
from datasets.preparation.recipe import Fitted

OUTPUT: Final = "features"
_DOUBLE: Final = 11
_FLOAT: Final = 1


def graph_of(fitted: Fitted) -> onnx.ModelProto:
    """Inputs named as the columns, each [batch]: float64 with NaN, or strings with "" for missing.

    The output `features` is float32 [batch, features]; the metadata `studio.features` names them.
    Raises InvalidInput while words are left.
    """
    fitted.check()
    nodes = Nodes()
    tensors = {name: f"in:{name}" for name, _ in fitted.inputs}
    for one in fitted.applied:
        tensors = one.emitted(tensors, nodes)
    if not tensors:
        raise InvalidInput("the recipe leaves no column")
    axis = nodes.shape(1)
    wide = [nodes.add("Unsqueeze", tensors[name], axis) for name in fitted.names]
    joined = nodes.add("Concat", *wide, axis=1)
    nodes.nodes.append(helper.make_node("Cast", [joined], [OUTPUT], to=_FLOAT))
    return _model(fitted, nodes)


def _model(fitted: Fitted, nodes: Nodes) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(
            f"in:{name}", TensorProto.STRING if kind == "words" else _DOUBLE, ["batch"]
        )
        for name, kind in fitted.inputs
    ]
    output = helper.make_tensor_value_info(OUTPUT, _FLOAT, ["batch", len(fitted.names)])
    graph = helper.make_graph(nodes.nodes, "preparation", inputs, [output], nodes.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR, producer_name="studio")
    helper.set_model_props(
        model,
        {
            "studio.features": json.dumps(list(fitted.names)),
            "studio.preparation": json.dumps(fitted.to_json()),
        },
    )
    onnx.checker.check_model(model)
    return model
