"""Runs an ONNX graph (opset 7 to 20) in PyTorch, so that autograd gives the gradients of its parameters.

Every floating-point tensor is computed in one chosen precision; integers stay int64, so that shape arithmetic works as written.
Parameters are the float initializers by name, and quantised weights by the name of their initializer with the value that DequantizeLinear makes of them.
Bounds of Clip, scales of DequantizeLinear and the statistics of BatchNormalization are constants, not parameters.
"""
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

CONSTANT_INPUTS = {"Clip": (1, 2), "DequantizeLinear": (1, 2), "BatchNormalization": (3, 4), "Pad": (2,), "Resize": (1, 2)}


class Module:
    def __init__(self, file, dtype=torch.float32, edges_pass=True):
        """`edges_pass`: whether Clip lets the gradient through where its input lies exactly on a bound, as torch.clamp does and torch's ReLU6 does not."""
        model = onnx.load(str(file))
        self.graph = model.graph
        self.opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))
        self.dtype = dtype
        self.edges_pass = edges_pass
        self.constants, self.parameters = {}, {}
        self.values_of = {}                      # parameter -> the tensor that it stands for: itself, or DequantizeLinear's output
        self.edges = 0                           # elements exactly on a bound of Clip in the last run
        self._load()

    def _load(self):
        stored = {t.name: numpy_helper.to_array(t) for t in self.graph.initializer}
        used_as_constant = {n.input[i] for n in self.graph.node for i in CONSTANT_INPUTS.get(n.op_type, ()) if i < len(n.input)}
        dequantized = {}
        for n in self.graph.node:
            if n.op_type == "DequantizeLinear" and n.input[0] in stored:
                dequantized[n.output[0]] = n.input[0]
                self.parameters[n.input[0]] = self._parameter(_dequantize(n, stored))
                self.values_of[n.input[0]] = n.output[0]
        self._nodes = [n for n in self.graph.node if n.output[0] not in dequantized]
        for name, array in stored.items():
            if array.dtype in (np.float32, np.float16, np.float64) and name not in used_as_constant:
                self.parameters[name] = self._parameter(array)
                self.values_of[name] = name
            elif name not in self.parameters:
                self.constants[name] = self._constant(array)

    def _parameter(self, array):
        return torch.tensor(array, dtype=self.dtype).requires_grad_()

    def _constant(self, array):
        array = np.array(array)
        if array.dtype.kind == "f":
            return torch.tensor(array, dtype=self.dtype)
        return torch.tensor(array) if array.dtype == bool else torch.tensor(array.astype(np.int64))

    @property
    def input_names(self):
        stored = {t.name for t in self.graph.initializer}
        return [v.name for v in self.graph.input if v.name not in stored]

    def __call__(self, inputs, outputs=None, given=None):
        """Runs what the outputs need and gives their values by name.

        `given` names inner tensors whose values are known (what was cut off before them does not run).
        """
        values = {**self.constants, **{self.values_of[p]: t for p, t in self.parameters.items()}}
        for name, value in {**inputs, **(given or {})}.items():
            value = self._constant(value) if isinstance(value, np.ndarray) else value
            values[name] = value.to(self.dtype) if value.is_floating_point() else value
        outputs = outputs or [o.name for o in self.graph.output]
        self.edges = 0
        for node in self._needed(outputs, values):
            arguments = [values[name] if name else None for name in node.input]
            results = self._run(node, arguments)
            for name, result in zip(node.output, results if isinstance(results, (tuple, list)) else [results]):
                values[name] = result
        return {name: values[name] for name in outputs}

    def _needed(self, outputs, known):
        wanted, chosen = set(outputs) - set(known), []
        for node in reversed(self._nodes):
            if wanted.intersection(node.output):
                chosen.append(node)
                wanted.difference_update(node.output)
                wanted.update(name for name in node.input if name and name not in known)
        if wanted:
            raise KeyError(f"no node makes {sorted(wanted)}")
        return chosen[::-1]

    def _run(self, node, x):
        a = {t.name: onnx.helper.get_attribute_value(t) for t in node.attribute}
        operator = getattr(self, "op_" + node.op_type, None)
        if operator is None or node.domain not in ("", "ai.onnx"):
            raise NotImplementedError(f"{node.domain}:{node.op_type} ({node.name})")
        return operator(a, *x)

    # Elementwise. What PyTorch has under the same meaning.
    op_Add = staticmethod(lambda a, x, y: x + y)
    op_Sub = staticmethod(lambda a, x, y: x - y)
    op_Mul = staticmethod(lambda a, x, y: x * y)
    op_Pow = staticmethod(lambda a, x, y: x ** y)
    op_Sqrt = staticmethod(lambda a, x: x.sqrt())
    op_Exp = staticmethod(lambda a, x: x.exp())
    op_Log = staticmethod(lambda a, x: x.log())
    op_Neg = staticmethod(lambda a, x: -x)
    op_Abs = staticmethod(lambda a, x: x.abs())
    op_Reciprocal = staticmethod(lambda a, x: 1 / x)
    op_Erf = staticmethod(lambda a, x: torch.erf(x))
    op_Tanh = staticmethod(lambda a, x: x.tanh())
    op_Sigmoid = staticmethod(lambda a, x: x.sigmoid())
    op_Relu = staticmethod(lambda a, x: x.relu())
    op_LeakyRelu = staticmethod(lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)))
    op_Elu = staticmethod(lambda a, x: F.elu(x, a.get("alpha", 1.0)))
    op_Softplus = staticmethod(lambda a, x: F.softplus(x))
    op_HardSwish = staticmethod(lambda a, x: F.hardswish(x))
    op_HardSigmoid = staticmethod(lambda a, x: (x * a.get("alpha", 0.2) + a.get("beta", 0.5)).clamp(0, 1))
    op_Gelu = staticmethod(lambda a, x: F.gelu(x, approximate=a.get("approximate", b"none").decode()))
    op_Identity = staticmethod(lambda a, x: x)
    op_Dropout = staticmethod(lambda a, x, *rest: x)
    op_Equal = staticmethod(lambda a, x, y: x == y)
    op_Less = staticmethod(lambda a, x, y: x < y)
    op_Greater = staticmethod(lambda a, x, y: x > y)
    op_Not = staticmethod(lambda a, x: ~x)
    op_And = staticmethod(lambda a, x, y: x & y)
    op_Or = staticmethod(lambda a, x, y: x | y)
    op_Where = staticmethod(lambda a, c, x, y: torch.where(c, x, y))

    @staticmethod
    def op_Div(a, x, y):
        return x / y if x.is_floating_point() else torch.div(x, y, rounding_mode="trunc")

    @staticmethod
    def op_Min(a, *x):
        return _fold(torch.minimum, x)

    @staticmethod
    def op_Max(a, *x):
        return _fold(torch.maximum, x)

    def op_Clip(self, a, x, low=None, high=None):
        low = a["min"] if low is None and "min" in a else low
        high = a["max"] if high is None and "max" in a else high
        for bound in (low, high):
            if bound is not None:
                self.edges += int((x.detach() == bound).sum())
        low, high = -torch.inf if low is None else float(low), torch.inf if high is None else float(high)
        return x.clamp(low, high) if self.edges_pass else F.hardtanh(x, low, high)

    # Matrix.
    op_MatMul = staticmethod(lambda a, x, y: x @ y)

    @staticmethod
    def op_Gemm(a, x, y, c=None):
        product = (x.T if a.get("transA") else x) @ (y.T if a.get("transB") else y) * a.get("alpha", 1.0)
        return product if c is None else product + c * a.get("beta", 1.0)

    # Convolution and pooling.
    @staticmethod
    def op_Conv(a, x, w, b=None):
        rank = x.dim() - 2
        x, padding = _pad(x, a, rank, 0.0)
        convolve = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
        return convolve(x, w, b, a.get("strides", 1), padding, a.get("dilations", 1), a.get("group", 1))

    @staticmethod
    def op_MaxPool(a, x):
        kernel = a["kernel_shape"]
        x, padding = _pad(x, a, len(kernel), -torch.inf, kernel)
        pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[len(kernel) - 1]
        return pool(x, kernel, a.get("strides", 1), padding, a.get("dilations", 1), bool(a.get("ceil_mode", 0)))

    @staticmethod
    def op_Resize(a, x, roi=None, scales=None, sizes=None):
        mode, places = a.get("mode", b"nearest").decode(), a.get("coordinate_transformation_mode", b"half_pixel").decode()
        known = {("linear", "pytorch_half_pixel"): "bilinear", ("linear", "half_pixel"): "bilinear", ("nearest", "asymmetric"): "nearest"}
        if (mode, places) not in known or x.dim() != 4 or mode == "nearest" and a.get("nearest_mode", b"round_prefer_floor") != b"floor":
            raise NotImplementedError(f"Resize {mode} {places}")
        size = [int(s) for s in sizes[2:]] if sizes is not None else [int(n * s) for n, s in zip(x.shape[2:], scales[2:])]
        return F.interpolate(x, size=size, mode=known[mode, places])

    @staticmethod
    def op_AveragePool(a, x):
        kernel, strides = a["kernel_shape"], a.get("strides", [1] * len(a["kernel_shape"]))
        begin, end = _pads(a, len(kernel))
        sums = F.pad(x, _torch_pads(begin, end))
        ones = torch.ones_like(x[:1, :1])
        counted = F.pad(ones, _torch_pads(begin, end), value=float(a.get("count_include_pad", 0)))
        if a.get("ceil_mode", 0):
            extra = [-(size - k) % s for size, k, s in zip(sums.shape[2:], kernel, strides)]
            sums, counted = (F.pad(t, _torch_pads([0] * len(kernel), extra)) for t in (sums, counted))
        pool = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[len(kernel) - 1]
        return pool(sums, kernel, strides) / pool(counted, kernel, strides)

    op_GlobalAveragePool = staticmethod(lambda a, x: x.mean(list(range(2, x.dim())), keepdim=True))
    op_GlobalMaxPool = staticmethod(lambda a, x: x.amax(list(range(2, x.dim())), keepdim=True))

    # Normalisation.
    @staticmethod
    def op_BatchNormalization(a, x, scale, bias, mean, variance):
        return F.batch_norm(x, mean, variance, scale, bias, training=False, eps=a.get("epsilon", 1e-5))

    @staticmethod
    def op_LayerNormalization(a, x, scale, bias=None):
        axis = a.get("axis", -1) % x.dim()
        return F.layer_norm(x, x.shape[axis:], scale, bias, a.get("epsilon", 1e-5))

    def op_Softmax(self, a, x):
        return self._softmax(F.softmax, a, x)

    def op_LogSoftmax(self, a, x):
        return self._softmax(F.log_softmax, a, x)

    def _softmax(self, function, a, x):
        if self.opset >= 13:
            return function(x, dim=a.get("axis", -1))
        axis = a.get("axis", 1) % x.dim()
        return function(x.flatten(axis), dim=-1).reshape(x.shape)

    # Reductions: axes are an attribute in old opsets, an input in new ones.
    op_ReduceSum = staticmethod(lambda a, x, axes=None: _reduce(torch.sum, a, x, axes))
    op_ReduceMean = staticmethod(lambda a, x, axes=None: _reduce(torch.mean, a, x, axes))
    op_ReduceMax = staticmethod(lambda a, x, axes=None: _reduce(torch.amax, a, x, axes))
    op_ReduceMin = staticmethod(lambda a, x, axes=None: _reduce(torch.amin, a, x, axes))
    op_ReduceL2 = staticmethod(lambda a, x, axes=None: _reduce(torch.sum, a, x * x, axes).sqrt())
    op_ReduceSumSquare = staticmethod(lambda a, x, axes=None: _reduce(torch.sum, a, x * x, axes))

    # Shape.
    @staticmethod
    def op_Reshape(a, x, shape):
        keep = not a.get("allowzero", 0)
        return x.reshape([x.shape[i] if size == 0 and keep else size for i, size in enumerate(shape.tolist())])

    op_Transpose = staticmethod(lambda a, x: x.permute(a.get("perm", list(range(x.dim()))[::-1])))
    op_Shape = staticmethod(lambda a, x: torch.tensor(list(x.shape))[a.get("start", 0):a.get("end", None)])
    op_Concat = staticmethod(lambda a, *x: torch.cat(x, a["axis"]))
    op_Expand = staticmethod(lambda a, x, shape: x.expand(torch.broadcast_shapes(x.shape, tuple(shape.tolist()))))
    op_Tile = staticmethod(lambda a, x, repeats: x.repeat(*repeats.tolist()))
    op_GatherElements = staticmethod(lambda a, x, i: x.gather(a.get("axis", 0), i % x.shape[a.get("axis", 0)]))
    op_Range = staticmethod(lambda a, start, end, step: torch.arange(start.item(), end.item(), step.item(), dtype=start.dtype))

    @staticmethod
    def op_Flatten(a, x):
        axis = a.get("axis", 1)
        axis += x.dim() if axis < 0 else 0
        return x.reshape(int(np.prod(x.shape[:axis])), -1)

    @staticmethod
    def op_Squeeze(a, x, axes=None):
        axes = _axes(a, axes) or [i for i, size in enumerate(x.shape) if size == 1]
        for axis in sorted((i % x.dim() for i in axes), reverse=True):
            x = x.squeeze(axis)
        return x

    @staticmethod
    def op_Unsqueeze(a, x, axes=None):
        axes = _axes(a, axes)
        for axis in sorted(i % (x.dim() + len(axes)) for i in axes):
            x = x.unsqueeze(axis)
        return x

    @staticmethod
    def op_Split(a, x, sizes=None):
        axis = a.get("axis", 0)
        sizes = a.get("split") if sizes is None else sizes.tolist()
        return x.split(sizes, axis) if sizes else x.chunk(a["num_outputs"], axis)

    @staticmethod
    def op_Gather(a, x, index):
        axis = a.get("axis", 0) % x.dim()
        index = torch.where(index < 0, index + x.shape[axis], index)
        return x.index_select(axis, index.reshape(-1)).reshape(x.shape[:axis] + index.shape + x.shape[axis + 1:])

    @staticmethod
    def op_Slice(a, x, starts=None, ends=None, axes=None, steps=None):
        starts = a["starts"] if starts is None else starts.tolist()
        ends = a["ends"] if ends is None else ends.tolist()
        axes = a.get("axes", list(range(len(starts)))) if axes is None else axes.tolist()
        steps = [1] * len(starts) if steps is None else steps.tolist()
        for start, end, axis, step in zip(starts, ends, axes, steps):
            chosen = range(x.shape[axis])[slice(start, None if step < 0 and end < -x.shape[axis] else end, step)]
            x = x.index_select(axis, torch.tensor(list(chosen), dtype=torch.int64))
        return x

    @staticmethod
    def op_Pad(a, x, pads=None, value=None):
        pads = a["pads"] if pads is None else pads.tolist()
        mode = a.get("mode", b"constant").decode()
        half = len(pads) // 2
        flat = _torch_pads(pads[:half], pads[half:])
        if mode == "constant":
            return F.pad(x, flat, value=a.get("value", 0.0) if value is None else value.item())
        return F.pad(x, flat[:2 * (x.dim() - 2)], mode={"reflect": "reflect", "edge": "replicate"}[mode])

    def op_Constant(self, a):
        if "value" in a:
            return self._constant(numpy_helper.to_array(a["value"]))
        value = next(iter(a.values()))
        return self._constant(np.array(value, np.float32 if isinstance(value, float) or isinstance(value, list) and isinstance(value[0], float) else np.int64))

    def op_ConstantOfShape(self, a, shape):
        value = self._constant(numpy_helper.to_array(a["value"])) if "value" in a else torch.zeros(1, dtype=self.dtype)
        return value.reshape(()).expand(shape.tolist()).clone()

    def op_Cast(self, a, x):
        kind = a["to"]
        floating = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.FLOAT16)
        return x.to(self.dtype if kind in floating else torch.bool if kind == onnx.TensorProto.BOOL else torch.int64)


def _dequantize(node, stored):
    a = {t.name: onnx.helper.get_attribute_value(t) for t in node.attribute}
    q, scale = stored[node.input[0]], stored[node.input[1]]
    zero = stored[node.input[2]].astype(np.int32) if len(node.input) > 2 and node.input[2] else np.int32(0)
    if scale.ndim == 1 and scale.size > 1:
        shape = [1] * q.ndim
        shape[a.get("axis", 1)] = -1
        scale, zero = scale.reshape(shape), np.reshape(zero, shape) if np.ndim(zero) else zero
    return ((q.astype(np.int32) - zero).astype(np.float32) * scale).astype(np.float32)


def _fold(function, tensors):
    result = tensors[0]
    for t in tensors[1:]:
        result = function(result, t)
    return result


def _axes(a, axes):
    return list(a.get("axes", [])) if axes is None else axes.tolist()


def _reduce(function, a, x, axes):
    axes = _axes(a, axes)
    if not axes and a.get("noop_with_empty_axes"):
        return x
    return function(x, dim=axes or list(range(x.dim())), keepdim=bool(a.get("keepdims", 1)))


def _pads(a, rank):
    """Padding at the beginning and at the end of each axis."""
    automatic = a.get("auto_pad", b"NOTSET").decode()
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        raise NotImplementedError("auto_pad")
    pads = a.get("pads", [0] * 2 * rank)
    return pads[:rank], pads[rank:]


def _torch_pads(begin, end):
    return [size for pair in zip(begin[::-1], end[::-1]) for size in pair]


def _pad(x, a, rank, value, kernel=None):
    """PyTorch pads both ends alike (and, in pooling, by at most half a kernel): other padding is made beforehand."""
    begin, end = _pads(a, rank)
    if list(begin) == list(end) and (kernel is None or all(2 * p <= k for p, k in zip(begin, kernel))):
        return x, list(begin)
    return F.pad(x, _torch_pads(begin, end), value=value), [0] * rank
