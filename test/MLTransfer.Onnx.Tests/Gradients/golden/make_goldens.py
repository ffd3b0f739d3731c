"""Computes reference gradients in PyTorch: /usr/bin/python3 make_goldens.py [NAME...]

The loss is L = sum over the named outputs of sum_i c_i * out_i, with fixed pseudo-random coefficients c. Loss and gradients are computed in float64 from the file's weights as they are
(every other constant too); in float32 once more, to say how far PyTorch itself strays in that precision.

Each NAME.json holds

    model           NAME.onnx beside it, or a path below a folder of models
    clip            what Clip does to a gradient exactly on a bound: "clamp" lets it through (torch.clamp), "hardtanh" does not (torch's ReLU6 and hardtanh)
    clipEdges       how many elements lie exactly there, over all Clips: where there are none, both are right
    inputs          name, type, shape; a float input by stream, low, high of generator.py; an integer input by its values in row-major order
    outputs         name, shape and the stream of its coefficients, uniform in [-1, 1)
    loss, loss32    in float64 and in float32
    error32         |g32 - g| / |g| over all parameters: PyTorch's own float32 gradient against the reference
    unreached       float initializers that no named output depends on
    parameters      in the order of the file's initializers: name, value (the tensor it stands for: DequantizeLinear's output for a quantised weight, whose gradient is that of
                    the value), shape, norm (of the gradient), error32 (|g32 - g| of this one, absolute), and one of
        offset      where its gradient starts in NAME.bin, in elements: float32, little endian, row-major, rounded from float64 (models that lie here)
        stream, projections
                    32 sums of the gradient under random signs (generator.py: element e takes bit p of draw e of this stream for projection p) (real models).
                    For any other gradient h, the mean over p of (projection_p(h) - projection_p)^2 estimates |h - g|^2, with a relative standard deviation of sqrt(2 / 32) per tensor.

Parameters: every float initializer and every quantised weight, without bounds of Clip, scales of DequantizeLinear and statistics of BatchNormalization.
An attention's key bias has a gradient of rounding errors only (softmax does not see it): compare tensors by absolute error against the whole norm.

The streams of the pictures are those of 1 to 8 at which error32 is least: at a ReLU's kink the two precisions can take different sides, and that says nothing about a rule.
"""
import json
import math
import os
import pathlib
import sys

import numpy as np
import torch

import generator
import onnx_torch

FOLDER = pathlib.Path(__file__).parent
MODELS = [pathlib.Path(p) for p in os.environ.get("MLTRANSFER_MODELS", "").split(os.pathsep) if p]
COEFFICIENTS, PROJECTIONS = 100, 1000


def numbers(name, stream, shape, low=-2.0, high=2.0):
    return {"name": name, "type": "float", "shape": shape, "stream": stream, "low": low, "high": high}


def integers(name, values):
    return {"name": name, "type": "int64", "shape": list(np.shape(values)), "values": np.asarray(values).flatten().tolist()}


def texts(vocabulary, batch=3, length=11):
    """Token ids with padding at the end of the second and third text."""
    ids = generator.integers(1, (batch, length), 1, vocabulary)
    mask = np.ones((batch, length), np.int64)
    mask[1, 7:] = 0
    mask[2, 4:] = 0
    types = np.zeros((batch, length), np.int64)
    types[0, 6:] = 1
    return [integers("input_ids", ids * mask), integers("attention_mask", mask), integers("token_type_ids", types)]


def value(described):
    if described["type"] == "float":
        return generator.uniform(described["stream"], described["shape"], described["low"], described["high"])
    return np.array(described["values"], np.int64).reshape(described["shape"])


def gradients(file, inputs, outputs, dtype, edges_pass=True):
    """The loss, the gradients by parameter, the shapes of the outputs, and the module that ran."""
    module = onnx_torch.Module(file, dtype, edges_pass)
    results = module({i["name"]: value(i) for i in inputs}, outputs)
    loss = sum((result * torch.tensor(generator.uniform(COEFFICIENTS + k, result.shape), dtype=dtype)).sum() for k, result in enumerate(results.values()))
    loss.backward()
    found = {name: p.grad.double().numpy() for name, p in module.parameters.items() if p.grad is not None}
    return loss.item(), found, [list(r.shape) for r in results.values()], module


def norm(arrays):
    return math.sqrt(sum(float(np.square(a).sum()) for a in arrays))


def golden(name, file, inputs, outputs, sketch, edges_pass=True):
    loss, exact, shapes, module = gradients(file, inputs, outputs, torch.float64, edges_pass)
    loss32, rounded, _, _ = gradients(file, inputs, outputs, torch.float32, edges_pass)
    parameters, blob = [], []
    for index, (parameter, gradient) in enumerate(exact.items()):
        entry = {"name": parameter, "value": module.values_of[parameter], "shape": list(gradient.shape), "norm": norm([gradient]),
                 "error32": norm([rounded[parameter] - gradient])}
        if sketch:
            entry["stream"] = PROJECTIONS + index
            entry["projections"] = [float(f"{p:.9g}") for p in generator.project(PROJECTIONS + index, gradient)]
        else:
            entry["offset"] = sum(b.size for b in blob)
            blob.append(gradient.astype("<f4").flatten())
        parameters.append(entry)
    return {
        "model": file.name if file.parent == FOLDER else str(file.relative_to(next(m for m in MODELS if m in file.parents))),
        "clip": "clamp" if edges_pass else "hardtanh", "clipEdges": module.edges, "inputs": inputs,
        "outputs": [{"name": o, "shape": s, "stream": COEFFICIENTS + k} for k, (o, s) in enumerate(zip(outputs, shapes))],
        "loss": loss, "loss32": loss32, "error32": norm(rounded[p] - exact[p] for p in exact) / norm(exact.values()),
        "unreached": [p for p in module.parameters if p not in exact], "parameters": parameters}, blob


def write(name, result, blob):
    if blob:
        np.concatenate(blob).tofile(FOLDER / f"{name}.bin")
    lines = [json.dumps(p) for p in result.pop("parameters")]
    head = json.dumps(result, indent=1)[:-2]
    (FOLDER / f"{name}.json").write_text(head + ',\n "parameters": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n", encoding="utf-8")
    print(f"{name}: loss {result['loss']:.9g} ({result['loss32']:.9g}), error32 {result['error32']:.1e}, {len(lines)} parameters, "
          f"{result['clipEdges']} edges, unreached {result['unreached']}", flush=True)


def best_picture(file, outputs, shape, edges_pass=True):
    """The described input, among eight, at which float32 strays least."""
    name = onnx_torch.Module(file).input_names[0]
    candidates = [[numbers(name, stream, shape)] for stream in range(1, 9)]

    def strays(inputs):
        exact, rounded = (gradients(file, inputs, outputs, dtype, edges_pass)[1] for dtype in (torch.float64, torch.float32))
        return norm(rounded[p] - exact[p] for p in exact) / norm(exact.values())

    return min(candidates, key=strays)


def main():
    torch.set_num_threads(2)
    wanted = sys.argv[1:]

    def make(name, file, inputs, outputs, sketch=False, edges_pass=True):
        if not wanted or name in wanted:
            inputs = inputs() if callable(inputs) else inputs
            write(name, *golden(name, file, inputs, outputs, sketch, edges_pass))

    def picture(file, outputs, shape):
        return lambda: best_picture(file, outputs, shape)

    for file in sorted(FOLDER.glob("*.onnx")):
        if file.stem.startswith("bert"):
            make(file.stem, file, texts(100), ["last_hidden_state", "pooler_output"])
        else:
            make(file.stem, file, picture(file, ["logits"], [2, 3, 32, 32]), ["logits"])

    def real(path):
        return next((m / path for m in MODELS if (m / path).exists()), None)

    for path, inputs in [("all-minilm-l6-v2/onnx/model.onnx", texts(30522)), ("gte-small/onnx/model.onnx", texts(30522))]:
        if file := real(path):
            make(path.split("/")[0], file, inputs, ["last_hidden_state"], sketch=True)
    for path, shape in [("squeezenet1.0/squeezenet1.0_fp32.onnx", [1, 3, 224, 224]), ("mobilenetv1-0.25-128/mobilenetv1_0.25_128_w8.onnx", [2, 3, 128, 128]),
                        ("mobilenetv2-1.0-224/mobilenetv2_1.0_224_fp32.onnx", [1, 3, 224, 224]), ("resnet50-v1-w8/resnet50_w8.onnx", [1, 3, 224, 224])]:
        if file := real(path):
            name = path.split("/")[0]
            make(name, file, picture(file, ["logits"], shape), ["logits"], sketch=True)
            if name.startswith("mobilenet"):
                make(f"{name}-hardtanh", file, picture(file, ["logits"], shape), ["logits"], sketch=True, edges_pass=False)
    if file := real("yunet-n-320/yunet_n_320.onnx"):
        # Few pictures leave this net's kinks alone: at 11 of the first 16 streams PyTorch's float32 takes another side, at two of the others ONNX Runtime's does; at this one neither.
        make("yunet-n-320", file, [numbers("input", 8, [1, 3, 320, 320])], [f"{kind}_{step}" for kind in ("cls", "obj", "bbox", "kps") for step in (8, 16, 32)], sketch=True)
    if file := real("nanodet-m-416/nanodet_m.onnx"):
        outputs = ["792", "814", "836", "795", "817", "839"]
        make("nanodet-m-416", file, picture(file, outputs, [1, 3, 416, 416]), outputs, sketch=True)
    if file := real("google-speech-embedding/embedding_model.onnx"):
        make("google-speech-embedding", file, [numbers("input_1", 1, [2, 76, 32, 1])], ["conv2d_19"], sketch=True)
    if file := real("google-speech-embedding/melspectrogram.onnx"):
        make("melspectrogram", file, [numbers("input", 1, [2, 8000])], ["output"], sketch=True)
    if file := real("cartpole-ppo/model.onnx"):
        make("cartpole-ppo", file, [numbers("obs", 1, [5, 4])], ["action_logits", "value"], sketch=True)
    for policy, size in [("BallChase", 21), ("FlyBy", 8), ("JumperHard", 152)]:
        if file := real(f"godot-rl-policies/{policy}.onnx"):
            make(f"godot-{policy.lower()}", file, [numbers("obs", 1, [5, size]), numbers("state_ins", 2, [5])], ["output"], sketch=True)


if __name__ == "__main__":
    main()
