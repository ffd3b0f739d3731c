"""Exports narrow networks as Debian's PyTorch 1.13 and torchvision 0.14 write them: /usr/bin/python3 make_models.py

The architectures are the ones people have (ResNet18, ViT, BERT, MobileNetV2, SqueezeNet); the widths are small, so that the files and their gradients can lie here.
Weights are random, at the scale of trained ones. Each file is checked: onnx_torch.py gives the network's own outputs and gradients from it.
"""
import io
import pathlib
import warnings

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
from torchvision.models.resnet import BasicBlock, ResNet
from torchvision.models.vision_transformer import VisionTransformer
from torchvision.models.mobilenetv2 import MobileNetV2
from torchvision.models.squeezenet import Fire

import onnx_torch

FOLDER = pathlib.Path(__file__).parent
warnings.filterwarnings("ignore")


class NarrowResNet18(ResNet):
    """ResNet18 whose stages have 4, 8, 16 and 32 channels."""

    def __init__(self):
        super().__init__(BasicBlock, [2, 2, 2, 2], num_classes=10)
        self.inplanes = 4
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(4)
        for stage, (width, stride) in enumerate([(4, 1), (8, 2), (16, 2), (32, 2)], start=1):
            setattr(self, f"layer{stage}", self._make_layer(BasicBlock, width, 2, stride=stride))
        self.fc = nn.Linear(32, 10)


class BertEncoder(nn.Module):
    """BERT in the shape in which Hugging Face writes it: embeddings, two layers, tanh pooler; post-normalisation, GELU by erf, an additive mask."""

    def __init__(self, vocabulary=100, size=32, heads=4, inner=64, layers=2, positions=24):
        super().__init__()
        self.word, self.position, self.token_type = nn.Embedding(vocabulary, size), nn.Embedding(positions, size), nn.Embedding(2, size)
        self.norm = nn.LayerNorm(size, eps=1e-12)
        self.register_buffer("position_ids", torch.arange(positions).expand((1, -1)))
        self.layers = nn.ModuleList(BertLayer(size, heads, inner) for _ in range(layers))
        self.pooler = nn.Linear(size, size)

    def forward(self, input_ids, attention_mask, token_type_ids):
        length = input_ids.size()[1]
        x = self.norm(self.word(input_ids) + self.token_type(token_type_ids) + self.position(self.position_ids[:, :length]))
        mask = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -10000.0
        for layer in self.layers:
            x = layer(x, mask)
        return x, torch.tanh(self.pooler(x[:, 0]))


class BertLayer(nn.Module):
    def __init__(self, size, heads, inner):
        super().__init__()
        self.heads, self.head_size = heads, size // heads
        self.query, self.key, self.value, self.attended = (nn.Linear(size, size) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(size, eps=1e-12), nn.LayerNorm(size, eps=1e-12)
        self.grow, self.shrink = nn.Linear(size, inner), nn.Linear(inner, size)

    def split(self, x):
        return x.view(x.size()[:-1] + (self.heads, self.head_size)).permute(0, 2, 1, 3)

    def forward(self, x, mask):
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = torch.matmul(query, key.transpose(-1, -2)) / self.head_size ** 0.5 + mask
        context = torch.matmul(F.softmax(scores, dim=-1), value).permute(0, 2, 1, 3).contiguous()
        x = self.norm1(self.attended(context.view(context.size()[:-2] + (-1,))) + x)
        return self.norm2(self.shrink(F.gelu(self.grow(x))) + x)


class SqueezeLike(nn.Module):
    """Convolutions, MaxPool with ceil_mode, AveragePool that counts its padding and one that does not, Fire modules that end in Concat."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 12, 3, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(12, 4, 8, 8), nn.AvgPool2d(3, 1, padding=1, count_include_pad=True),
            Fire(16, 4, 12, 12), nn.AvgPool2d(3, 2, padding=1, count_include_pad=False),
            Fire(24, 6, 16, 16), nn.MaxPool2d(2, 1, padding=1))
        self.classifier = nn.Sequential(nn.Dropout(), nn.Conv2d(32, 10, 1), nn.LeakyReLU(0.1), nn.AdaptiveAvgPool2d((1, 1)))

    def forward(self, x):
        return F.log_softmax(torch.flatten(self.classifier(self.features(x)), 1), dim=1)


def trained_looking(network, seed):
    """Weights as they are after training: no zero biases, no norms of exactly one, statistics that do something."""
    generator = torch.Generator().manual_seed(seed)

    def fill(tensor, low, high):
        tensor.data.uniform_(low, high, generator=generator)

    for module in network.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.LayerNorm)):
            fill(module.weight, 0.6, 1.4)
            fill(module.bias, -0.3, 0.3)
        if isinstance(module, nn.BatchNorm2d):
            fill(module.running_mean, -0.3, 0.3)
            fill(module.running_var, 0.5, 1.5)
        if isinstance(module, (nn.Conv2d, nn.Linear, nn.MultiheadAttention)):
            weight = module.in_proj_weight if isinstance(module, nn.MultiheadAttention) else module.weight
            bound = (4.0 / weight[0].numel()) ** 0.5
            fill(weight, -bound, bound)
            bias = module.in_proj_bias if isinstance(module, nn.MultiheadAttention) else module.bias
            if bias is not None:
                fill(bias, -0.2, 0.2)
        if isinstance(module, nn.Embedding):
            fill(module.weight, -0.5, 0.5)
    for name, parameter in network.named_parameters():
        if name.endswith(("class_token", "pos_embedding")):
            fill(parameter, -0.5, 0.5)
    return network.eval()


def export(name, network, examples, inputs, outputs, opset, axes, fold=True, edit=None):
    """Writes NAME.onnx. `fold` puts BatchNormalization into the convolutions before it, as the exporter does unless told otherwise."""
    mode = torch.onnx.TrainingMode.EVAL if fold else torch.onnx.TrainingMode.PRESERVE
    stream = io.BytesIO()
    torch.onnx.export(network, examples, stream, input_names=inputs, output_names=outputs, opset_version=opset, dynamic_axes=axes, training=mode, do_constant_folding=fold)
    model = onnx.load_from_string(stream.getvalue())
    # The exporter's doc strings hold the paths of the machine that it ran on.
    for node in model.graph.node:
        node.doc_string = ""
    if edit:
        edit(model.graph)
    onnx.checker.check_model(model)
    data = model.SerializeToString()
    file = FOLDER / f"{name}.onnx"
    file.write_bytes(data)
    check(file, network, examples, inputs, outputs)
    print(f"{name}.onnx: {len(data) // 1024} KB, {len(model.graph.node)} nodes, {sorted({n.op_type for n in model.graph.node})}")


def count_padding(graph):
    """Turns Pad + AveragePool, as this exporter writes them, into AveragePool with count_include_pad, as later ones do."""
    constants = {n.output[0]: onnx.helper.get_attribute_value(n.attribute[0]) for n in graph.node if n.op_type == "Constant"}
    made_by = {n.output[0]: n for n in graph.node}
    for pool in [n for n in graph.node if n.op_type == "AveragePool" and made_by[n.input[0]].op_type == "Pad"]:
        pad = made_by[pool.input[0]]
        pads = onnx.numpy_helper.to_array(constants[pad.input[1]]).tolist()
        for old in [a for a in pool.attribute if a.name in ("pads", "count_include_pad")]:
            pool.attribute.remove(old)
        pool.attribute.extend([onnx.helper.make_attribute("pads", pads[2:4] + pads[6:8]), onnx.helper.make_attribute("count_include_pad", 1)])
        pool.input[0] = pad.input[0]
        unused = set(pad.input[1:])
        graph.node.remove(pad)
        for constant in [n for n in graph.node if n.op_type == "Constant" and n.output[0] in unused]:
            graph.node.remove(constant)


def check(file, network, examples, inputs, outputs):
    """The interpreter against the network itself: values, and gradients of the parameters that kept their values."""
    module = onnx_torch.Module(file)
    expected = network(*examples)
    expected = expected if isinstance(expected, tuple) else (expected,)
    given = module(dict(zip(inputs, examples)), outputs)
    sum(e.square().sum() for e in expected).backward()
    sum(g.square().sum() for g in given.values()).backward()
    for e, g in zip(expected, given.values()):
        assert torch.allclose(e, g, atol=1e-4, rtol=1e-4), f"{file.name}: {(e - g).abs().max()}"
    own, compared = dict(network.named_parameters()), 0
    # Against the whole gradient: an attention's key bias has none but rounding, since softmax does not see it.
    scale = torch.cat([p.grad.flatten() for p in own.values()]).norm()
    for name, parameter in module.parameters.items():
        if name in own and parameter.shape == own[name].shape and torch.equal(parameter, own[name]):
            difference = (parameter.grad - own[name].grad).norm() / scale
            assert difference < 1e-5, f"{file.name}, {name}: {difference}"
            compared += 1
    network.zero_grad()
    print(f"  {file.name}: outputs alike, gradients alike in {compared} of {len(module.parameters)} parameters")


def main():
    torch.manual_seed(0)
    batch = {0: "batch"}
    picture = torch.randn(2, 3, 32, 32)
    pictures = dict(examples=(picture,), inputs=["pixels"], outputs=["logits"], axes={"pixels": batch, "logits": batch})

    resnet = trained_looking(NarrowResNet18(), 1)
    export("resnet18-bn-11", resnet, opset=11, fold=False, **pictures)
    export("resnet18-folded-17", resnet, opset=17, **pictures)

    vit = trained_looking(VisionTransformer(image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=32, mlp_dim=64, num_classes=10), 2)
    for opset in (11, 13, 17):
        export(f"vit-{opset}", vit, opset=opset, **pictures)

    bert = trained_looking(BertEncoder(), 3)
    both = {0: "batch", 1: "sequence"}
    ids = torch.randint(1, 100, (2, 9))
    mask = torch.ones(2, 9, dtype=torch.int64)
    mask[1, 6:] = 0
    names = ["input_ids", "attention_mask", "token_type_ids"]
    for opset in (11, 13, 14, 17):
        export(f"bert-{opset}", bert, (ids, mask, torch.zeros_like(ids)), names, ["last_hidden_state", "pooler_output"], opset,
               {**{n: both for n in names}, "last_hidden_state": both, "pooler_output": batch})

    settings = [[1, 8, 1, 1], [4, 8, 2, 2], [4, 12, 2, 2]]
    mobilenet = trained_looking(MobileNetV2(num_classes=10, width_mult=1.0, inverted_residual_setting=settings, round_nearest=4), 4)
    mobilenet.features[0] = trained_looking(torchvision.ops.Conv2dNormActivation(3, 8, stride=2, activation_layer=nn.ReLU6), 5)
    mobilenet.features[1] = trained_looking(torchvision.models.mobilenetv2.InvertedResidual(8, 8, 1, 1), 6)
    mobilenet.features[-1] = trained_looking(torchvision.ops.Conv2dNormActivation(12, 48, kernel_size=1, activation_layer=nn.ReLU6), 7)
    mobilenet.classifier = trained_looking(nn.Sequential(nn.Dropout(0.2), nn.Linear(48, 10)), 8)
    export("mobilenetv2-bn-13", mobilenet, opset=13, fold=False, **pictures)
    export("mobilenetv2-folded-9", mobilenet, opset=9, **pictures)
    export("mobilenetv2-folded-11", mobilenet, opset=11, **pictures)

    squeeze = trained_looking(SqueezeLike(), 9)
    export("squeezenet-11", squeeze, opset=11, **pictures)
    export("squeezenet-counted-17", squeeze, opset=17, edit=count_padding, **pictures)


if __name__ == "__main__":
    main()
