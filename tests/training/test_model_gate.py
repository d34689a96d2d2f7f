"""An ONNX file from outside passes the gate or is refused for a reason."""

import json

import numpy as np
import onnx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from onnx import TensorProto, helper, numpy_helper

from core.imaging import DecodeRule
from core.models import Job
from tests.training.conftest import worked
from training.export.gate import ModelRefused, facts_of, walk
from training.models import ModelVersion
from training.selectors import deployable_version


def model_of(*, metadata=True, domain="", weight=None, nodes=(), opset=18):
    """Mean color times a matrix, then softmax: a classifier with our signature."""
    weight = weight or numpy_helper.from_array(np.ones((3, 2), np.float32), "weight")
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", "height", "width", 3])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 2])
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["pixels", "axes"], ["mean"], keepdims=0),
            helper.make_node("MatMul", ["mean", "weight"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["scores"], domain=domain),
            *nodes,
        ],
        "classifier",
        [image],
        [scores],
        [weight, numpy_helper.from_array(np.array([1, 2], np.int64), "axes")],
    )
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    if metadata:
        helper.set_model_props(
            model,
            {
                "studio.task": "image_classification",
                "studio.classes": json.dumps(["dark", "light"]),
                "studio.decode": DecodeRule().to_json(),
            },
        )
    return model


def external():
    weight = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=[3, 2])
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="../../etc/passwd")
    return model_of(weight=weight)


def lying():
    weight = TensorProto(name="weight", data_type=TensorProto.FLOAT, dims=[30_000, 2], raw_data=b"1234")
    return model_of(weight=weight)


def nested(depth):
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], "leaf", [], [])
    for _ in range(depth):
        graph = helper.make_graph([helper.make_node("If", ["c"], ["d"], then_branch=graph)], "level", [], [])
    return model_of(nodes=graph.node)


def test_our_own_kind_of_file_passes(tmp_path):
    path = tmp_path / "model.onnx"
    onnx.save(model_of(), path)
    facts = facts_of(path)
    assert facts["labels"] == ["dark", "light"]
    assert facts["signature"]["inputs"][0]["type"] == "tensor(uint8)"
    assert facts["limits"]["trial_ms"] >= 0


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (external, "other files"),
        (lying, "declared size"),
        (lambda: nested(20), "nested"),
        (lambda: model_of(domain="com.evil"), "not known here"),
        (lambda: model_of(opset=99), "opset 99"),
    ],
    ids=["external", "lying", "nested", "domain", "opset"],
)
def test_the_walk_refuses_before_anything_is_loaded(make, reason):
    with pytest.raises(ModelRefused, match=reason):
        walk(make())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x00\x01 not a model", "ONNX"),
        (model_of(metadata=False).SerializeToString(), "metadata"),
    ],
    ids=["noise", "without metadata"],
)
def test_a_file_that_is_no_classifier_of_ours_is_refused(tmp_path, content, reason):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelRefused, match=reason):
        facts_of(path)


@pytest.mark.django_db(transaction=True)
def test_an_imported_file_becomes_a_version_and_a_bad_one_a_failed_job(members, client_for, project):
    client = client_for(members["modeler"])
    body = {"project": str(project.pk), "name": "from outside", "task": "image_classification"}
    model = client.post("/api/v1/models/", body, format="json").json()

    def posted(content):
        upload = SimpleUploadedFile("model.onnx", content)
        answer = client.post(f"/api/v1/models/{model['id']}/import/", {"file": upload, "licence": "MIT"})
        assert answer.status_code == 202, answer.content
        return worked(Job.objects.get(pk=answer.json()["job"]["id"]))

    bad = posted(external().SerializeToString())
    assert (bad.state, bad.error_code) == ("failed", "model_refused")
    assert not ModelVersion.objects.exists()
    good = posted(model_of().SerializeToString())
    assert good.state == "succeeded", good.error_detail
    version = deployable_version(good.result["model_version"])
    assert (version.labels, version.licence, version.number) == (["dark", "light"], "MIT", 1)
    assert client.get(f"/api/v1/models/{model['id']}/").json()["versions_count"] == 1
