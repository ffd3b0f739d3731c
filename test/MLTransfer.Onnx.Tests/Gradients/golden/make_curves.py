"""Trains for 200 steps in PyTorch and keeps the loss of each: /usr/bin/python3 make_curves.py [mlp] [minilm] [mobilenetv2]

torch.optim.AdamW, betas 0.9 and 0.999, epsilon 1e-8, decay 0.01 on tensors of two and more axes and 0 on all others (biases, norms); mean cross-entropy; no clipping, no schedule, no dropout.
The loss of a step is that of its batch before its update. Every number is a draw of generator.py; rows are made once, and a step takes the rows batches[step] (row-major draws of one stream).
A layer's weight is [outputs, inputs], uniform in +-1/sqrt(inputs), its bias too.

curve-mlp          77 centres of 384 numbers, uniform in [-1, 1); row = centre of its label + noise, uniform in [-4, 4). Network 384-512-77, ReLU, "1.weight", "1.bias", "2.weight", "2.bias".
curve-minilm       rows of 16 token ids: label l (6 of them) and draw z give 1000 + 2000 l + z mod 6000; the row's length is 4 to 16, ids after it are 0 and masked; token types are 0. What comes
                   before encoder layer 5 is frozen. Head: linear, "head.weight", "head.bias", on the mean of last_hidden_state over unmasked positions.
curve-mobilenetv2  pictures of 3 x 224 x 224: a pattern of the label (10 of them), 3 x 7 x 7, uniform in [-1, 1), each number a square of 32 x 32 pixels, + noise, uniform in [-2, 2).
                   What comes before the last inverted residual is frozen. Head: linear, "head.weight", "head.bias", on "features". Clip as in the goldens: "clamp", and "hardtanh" beside.
                   The graph's part learns slowly and the head fast: at 1e-4 for both, PyTorch's float32 and float64 part by 6e-3, since Adam's first steps turn every ReLU6 that the two see from
                   different sides of its kink into a whole step.

Each JSON holds model (below a folder of models), frozenUpTo (the tensor where the frozen part ends), trained (names of initializers), rate (of the graph's part), headRate, batch, rows, classes,
streams (what each stream is for), loss (float32), loss64 (the same in float64: how far apart PyTorch's own two precisions drift), for mobilenetv2 also lossHardtanh, and for graphs lossHeadOnly (the
graph's part stands still: a curve that follows this one trains no graph).
"""
import json
import os
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import generator
import onnx_torch

FOLDER = pathlib.Path(__file__).parent
MODELS = [pathlib.Path(p) for p in os.environ.get("MLTRANSFER_MODELS", "").split(os.pathsep) if p]
STEPS = 200
STREAMS = {"labels": 1, "batches": 2, "centres": 3, "noise": 4, "ids": 5, "lengths": 6, "weights": 10}


def layer(number, inputs, outputs, dtype):
    """Weight and bias of a linear layer; its streams are weights + 2 number and the one after."""
    bound, stream = inputs ** -0.5, STREAMS["weights"] + 2 * number
    weight, bias = generator.uniform(stream, (outputs, inputs), -bound, bound), generator.uniform(stream + 1, (outputs,), -bound, bound)
    return [torch.tensor(t, dtype=dtype).requires_grad_() for t in (weight, bias)]


def train(body, head, forward, labels, rows, batch, rate, head_rate):
    """The losses of 200 steps. `forward` gives the logits of rows, by index."""
    batches = generator.integers(STREAMS["batches"], (STEPS, batch), 0, rows)
    groups = [{"params": [p for p in part if (p.dim() > 1) == decays], "lr": part_rate, "weight_decay": 0.01 if decays else 0.0}
              for part, part_rate in ((body, rate), (head, head_rate)) for decays in (True, False)]
    optimizer = torch.optim.AdamW([g for g in groups if g["params"]], betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for chosen in batches:
        loss = F.cross_entropy(forward(chosen), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def mlp(dtype, rows=1024, classes=77, batch=32, rate=1e-3):
    labels = generator.integers(STREAMS["labels"], (rows,), 0, classes)
    features = generator.uniform(STREAMS["centres"], (classes, 384))[labels] + generator.uniform(STREAMS["noise"], (rows, 384), -4, 4)
    x = torch.tensor(features, dtype=dtype)
    (w1, b1), (w2, b2) = layer(0, 384, 512, dtype), layer(1, 512, classes, dtype)
    losses = train([w1, b1], [w2, b2], lambda chosen: F.linear(F.linear(x[chosen], w1, b1).relu(), w2, b2), torch.tensor(labels), rows, batch, rate, rate)
    return {"rate": rate, "headRate": rate, "batch": batch, "rows": rows, "classes": classes}, losses


def minilm(dtype, rows=256, classes=6, batch=8, length=16, rate=1e-4, head_rate=1e-4, cut="/encoder/layer.4/output/LayerNorm/Add_1_output_0"):
    model = "all-minilm-l6-v2/onnx/model.onnx"
    module = onnx_torch.Module(find(model), dtype)
    labels = generator.integers(STREAMS["labels"], (rows,), 0, classes)
    lengths = generator.integers(STREAMS["lengths"], (rows,), 4, length + 1)
    mask = (np.arange(length) < lengths[:, None]).astype(np.int64)
    ids = (1000 + 2000 * labels[:, None] + generator.integers(STREAMS["ids"], (rows, length), 0, 6000)) * mask
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    prefix = frozen(module, inputs, cut, rows, 64)
    trained = behind(module, inputs, prefix, cut, "last_hidden_state")
    weight, bias = layer(0, 384, classes, dtype)

    def forward(chosen):
        hidden = module({name: t[chosen] for name, t in inputs.items()}, ["last_hidden_state"], {cut: prefix[chosen]})["last_hidden_state"]
        seen = torch.tensor(mask[chosen], dtype=dtype)[..., None]
        return F.linear((hidden * seen).sum(1) / seen.sum(1), weight, bias)

    losses = train([module.parameters[name] for name in trained], [weight, bias], forward, torch.tensor(labels), rows, batch, rate, head_rate)
    return {"model": model, "frozenUpTo": cut, "trained": trained, "rate": rate, "headRate": head_rate, "batch": batch, "rows": rows, "classes": classes, "length": length}, losses


def mobilenetv2(dtype, edges_pass=True, rows=64, classes=10, batch=8, rate=1e-5, head_rate=1e-3, cut="add_250"):
    model = "mobilenetv2-1.0-224/mobilenetv2_1.0_224_fp32.onnx"
    module = onnx_torch.Module(find(model), dtype, edges_pass)
    labels = generator.integers(STREAMS["labels"], (rows,), 0, classes)
    patterns = generator.uniform(STREAMS["centres"], (classes, 3, 7, 7)).repeat(32, axis=2).repeat(32, axis=3)
    inputs = {"input": patterns[labels] + generator.uniform(STREAMS["noise"], (rows, 3, 224, 224), -2, 2)}
    prefix = frozen(module, inputs, cut, rows, 8)
    trained = behind(module, inputs, prefix, cut, "features")
    weight, bias = layer(0, 1280, classes, dtype)
    losses = train([module.parameters[name] for name in trained], [weight, bias],
                   lambda chosen: F.linear(module({}, ["features"], {cut: prefix[chosen]})["features"], weight, bias), torch.tensor(labels), rows, batch, rate, head_rate)
    return {"model": model, "frozenUpTo": cut, "trained": trained, "rate": rate, "headRate": head_rate, "batch": batch, "rows": rows, "classes": classes}, losses


def frozen(module, inputs, cut, rows, block):
    """The frozen part's output for every row."""
    with torch.no_grad():
        return torch.cat([module({name: t[start:start + block] for name, t in inputs.items()}, [cut])[cut] for start in range(0, rows, block)])


def behind(module, inputs, prefix, cut, output):
    """The parameters between the cut and the output."""
    result = module({name: t[:1] for name, t in inputs.items()}, [output], {cut: prefix[:1]})[output]
    reached = torch.autograd.grad(result.sum(), list(module.parameters.values()), allow_unused=True)
    return [name for name, gradient in zip(module.parameters, reached) if gradient is not None]


def find(path):
    return next(m / path for m in MODELS if (m / path).exists())


def main():
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    for name, curve in [("mlp", mlp), ("minilm", minilm), ("mobilenetv2", mobilenetv2)]:
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        facts, losses = curve(torch.float32)
        result = {**facts, "streams": STREAMS, "loss": losses, "loss64": curve(torch.float64)[1]}
        if name == "mobilenetv2":
            result["lossHardtanh"] = curve(torch.float32, edges_pass=False)[1]
        if "model" in facts:
            result["lossHeadOnly"] = curve(torch.float32, rate=0.0)[1]
        (FOLDER / f"curve-{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        drift = max(abs(a - b) for a, b in zip(result["loss"], result["loss64"]))
        print(f"{name}: {losses[0]:.4f}, {losses[50]:.4f}, {losses[100]:.4f}, {losses[-1]:.4f}; float32 against float64 {drift:.1e}; {len(facts.get('trained', []))} trained in the graph", flush=True)
        for other in ("lossHardtanh", "lossHeadOnly"):
            if other in result:
                print(f"  {other}: away by at most {max(abs(a - b) for a, b in zip(result['loss'], result[other])):.1e}", flush=True)


if __name__ == "__main__":
    main()
