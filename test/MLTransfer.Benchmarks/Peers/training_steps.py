"""Training steps in PyTorch: training_steps.py STEP COUNT stock|best

STEP is one of those below; a pass is COUNT steps. The first pass warms up, from the start that is described here: `ready` tells the loss of its last step (before that step's update), the processor's
matrix product in GFLOPS on one thread and on two, and which BLAS it was. `run` prints {"seconds": of the pass, "loss": of its last step, "peak_bytes": most memory held since the start}.
"stock" is PyTorch as it is installed. "best" is the same with its BLAS told which kernels this processor has: OPENBLAS_CORETYPE=SKYLAKEX for OpenBLAS, which does not know every processor
with AVX-512; a preloaded mkl_serv_intel_cpu_true for MKL, which asks for the maker. OpenBLAS's threads and PyTorch's OpenMP threads are two pools for the same cores: as installed, the one that
has nothing to do spins and takes the cores from the other (a step of mlp-1024 took 38 ms instead of 8), so "best" lets OpenMP wait passively.

The steps, all in float32 on two threads, mean cross-entropy, torch.optim.AdamW (betas 0.9 and 0.999, epsilon 1e-8, decay 0.01 on tensors of two and more axes, 0 on others):

mlp-B            x [B, 384], Linear 384-512, ReLU, Linear 512-77; rate 1e-3
distill-B        mlp-B with the loss 0.5 * cross-entropy + 0.5 * T^2 * kl_div(log_softmax(logits / T), softmax(teacher / T)), batchmean, T = 2; teacher [B, 77] of stream 4, uniform in [-4, 4)
encoder-BxT      x [B, T, 384]; one layer of BERT (12 heads, 1536 inner, GELU by erf, LayerNorm of epsilon 1e-12 after each residual, additive mask of -10000);
                 mean over the unmasked positions, Linear 384-20; rate 1e-4. A row's length is T/2 to T.
conv-S           x [16, 160, S, S]; convolutions 1x1 160-960, ReLU6, depthwise 3x3 960 padded by 1, ReLU6, 1x1 960-320, 1x1 320-1280, ReLU6; mean over the map, Linear 1280-20; rate 1e-4

Every number is a draw of Gradients/golden/generator.py in MLTransfer.Onnx.Tests: labels of stream 1; lengths of stream 2; x of stream 3, uniform in [-1, 1).
Layer n (from 0, in the order: query, key, value, attention's output, inner, outer, head for the encoder; as named above for the others) has weight [outputs, inputs, ...] of stream 10 + 2n and bias
of the stream after, uniform in +-1/sqrt(inputs to one output). LayerNorm starts at 1 and 0.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import torch
import torch.nn.functional as F
from threadpoolctl import threadpool_info, threadpool_limits

sys.path.append(str(pathlib.Path(__file__).parents[2] / "MLTransfer.Onnx.Tests" / "Gradients" / "golden"))
import generator  # noqa: E402

THREADS = 2


def use_best_kernels():
    """Starts this script again with the settings that a BLAS reads only once; the mark says that they are set."""
    if "TRAINING_STEPS_BEST" in os.environ:
        return
    environment = {**os.environ, "TRAINING_STEPS_BEST": "1"}
    if torch.backends.mkl.is_available():
        folder = pathlib.Path(tempfile.mkdtemp())
        (folder / "maker.c").write_text("int mkl_serv_intel_cpu_true(void) { return 1; }\n", encoding="ascii")
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", folder / "maker.so", folder / "maker.c"], check=True)
        environment["LD_PRELOAD"] = str(folder / "maker.so")
    else:
        environment["OMP_WAIT_POLICY"] = "PASSIVE"
        if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii"):
            environment["OPENBLAS_CORETYPE"] = "SKYLAKEX"
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def blas():
    if torch.backends.mkl.is_available():
        return "MKL"
    found = [i for i in threadpool_info() if i["user_api"] == "blas"]
    return f"OpenBLAS {found[0]['version']} {found[0]['architecture']}" if found else "a BLAS without threads"


def gigaflops(threads):
    torch.set_num_threads(threads)
    with threadpool_limits(threads):
        a = torch.rand(1024, 1024)
        torch.mm(a, a)
        best = float("inf")
        for _ in range(20):
            start = time.perf_counter()
            torch.mm(a, a)
            best = min(best, time.perf_counter() - start)
    return 2 * 1024 ** 3 / best / 1e9


def layer(number, *shape):
    """Weight and bias."""
    inputs = 1
    for size in shape[1:]:
        inputs *= size
    bound = inputs ** -0.5
    return [torch.from_numpy(generator.uniform(stream, s, -bound, bound)).requires_grad_() for stream, s in ((10 + 2 * number, shape), (11 + 2 * number, shape[:1]))]


def numbers(*shape):
    return torch.from_numpy(generator.uniform(3, shape))


def labels(count, classes):
    return torch.from_numpy(generator.integers(1, (count,), 0, classes))


def mlp(rows):
    x, y = numbers(rows, 384), labels(rows, 77)
    first, second = layer(0, 512, 384), layer(1, 77, 512)
    return [*first, *second], lambda: F.cross_entropy(F.linear(F.linear(x, *first).relu(), *second), y), 1e-3


def distill(rows, temperature=2.0):
    x, y = numbers(rows, 384), labels(rows, 77)
    soft = F.softmax(torch.from_numpy(generator.uniform(4, (rows, 77), -4, 4)) / temperature, dim=-1)
    first, second = layer(0, 512, 384), layer(1, 77, 512)

    def loss():
        logits = F.linear(F.linear(x, *first).relu(), *second)
        taught = F.kl_div(F.log_softmax(logits / temperature, dim=-1), soft, reduction="batchmean")
        return 0.5 * F.cross_entropy(logits, y) + 0.5 * temperature ** 2 * taught

    return [*first, *second], loss, 1e-3


def encoder(rows, length, size=384, heads=12, inner=1536, classes=20):
    x, y = numbers(rows, length, size), labels(rows, classes)
    lengths = torch.from_numpy(generator.integers(2, (rows,), length // 2, length + 1))
    mask = (torch.arange(length) < lengths[:, None]).float()
    hidden = (1 - mask[:, None, None, :]) * -10000.0
    query, key, value, attended, grow, shrink, head = (
        layer(n, o, i) for n, (o, i) in enumerate([(size, size)] * 4 + [(inner, size), (size, inner), (classes, size)]))
    norms = [(torch.ones(size, requires_grad=True), torch.zeros(size, requires_grad=True)) for _ in range(2)]

    def split(t):
        return t.view(rows, length, heads, size // heads).transpose(1, 2)

    def loss():
        q, k, v = (split(F.linear(x, *p)) for p in (query, key, value))
        weights = F.softmax(q @ k.transpose(-1, -2) / (size // heads) ** 0.5 + hidden, dim=-1)
        context = (weights @ v).transpose(1, 2).reshape(rows, length, size)
        middle = F.layer_norm(F.linear(context, *attended) + x, (size,), *norms[0], 1e-12)
        out = F.layer_norm(F.linear(F.gelu(F.linear(middle, *grow)), *shrink) + middle, (size,), *norms[1], 1e-12)
        return F.cross_entropy(F.linear((out * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), *head), y)

    return [t for pair in (query, key, value, attended, grow, shrink, head, *norms) for t in pair], loss, 1e-4


def conv(side, rows=16):
    x, y = numbers(rows, 160, side, side), labels(rows, 20)
    expand, depthwise, project, last, head = layer(0, 960, 160, 1, 1), layer(1, 960, 1, 3, 3), layer(2, 320, 960, 1, 1), layer(3, 1280, 320, 1, 1), layer(4, 20, 1280)

    def loss():
        t = F.relu6(F.conv2d(x, *expand))
        t = F.relu6(F.conv2d(t, *depthwise, padding=1, groups=960))
        t = F.relu6(F.conv2d(F.conv2d(t, *project), *last))
        return F.cross_entropy(F.linear(t.mean((2, 3)), *head), y)

    return [*expand, *depthwise, *project, *last, *head], loss, 1e-4


def make(step):
    kind, size = step.split("-")
    return {"mlp": mlp, "distill": distill, "encoder": encoder, "conv": conv}[kind](*(int(s) for s in size.split("x")))


def peak_bytes():
    return next(int(line.split()[1]) * 1024 for line in pathlib.Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))


def main():
    step, count, setting = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if setting == "best":
        use_best_kernels()
    speeds = {str(threads): gigaflops(threads) for threads in (1, THREADS)}
    torch.set_num_threads(THREADS)
    parameters, loss_of, rate = make(step)
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.01}, {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0}], lr=rate)

    def run():
        start = time.perf_counter()
        for _ in range(count):
            loss = loss_of()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        return {"seconds": time.perf_counter() - start, "loss": loss.item(), "peak_bytes": peak_bytes()}

    first = run()
    print("ready " + json.dumps({"torch": torch.__version__, "blas": blas(), "gigaflops": speeds, "loss": first["loss"], "steps": count}), flush=True)
    for line in sys.stdin:
        if line.strip() == "run":
            print(json.dumps(run()), flush=True)


if __name__ == "__main__":
    main()
