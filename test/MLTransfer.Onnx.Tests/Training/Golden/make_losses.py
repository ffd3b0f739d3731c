"""Losses of a few rows and their gradients from PyTorch, in double precision: /usr/bin/python3 make_losses.py

Each case has predictions x and targets t [rows, K], weights of the rows, the weighted mean L and dL/dx. Focal losses are written here after the paper: PyTorch has none.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(4)
ROWS, K = 5, 4


def case(name, x, t, weights, losses, **settings):
    x = x.double().requires_grad_()
    weights = torch.tensor(weights, dtype=torch.float64)
    loss = (losses(x, t.double()) * weights).sum() / weights.sum()
    loss.backward()
    return dict(name=name, x=x.detach().flatten().tolist(), t=t.flatten().tolist(), weights=weights.tolist(), loss=loss.item(), gradient=x.grad.flatten().tolist(), **settings)


def focal(x, t, gamma):
    log = F.log_softmax(x, 1)
    return -(t * (1 - log.exp()) ** gamma * log).sum(1)


def binary_focal(x, t, gamma, positive):
    p = torch.sigmoid(x)
    return -(positive * t * (1 - p) ** gamma * torch.log(p) + (1 - t) * p ** gamma * torch.log(1 - p)).mean(1)


def main():
    x = torch.randn(ROWS, K) * 2
    soft = F.softmax(torch.randn(ROWS, K), 1)
    classes = torch.tensor([0, 3, 1, 2, 3])
    hard = F.one_hot(classes, K).float()
    bits = (torch.rand(ROWS, K) > 0.5).float()
    real = torch.randn(ROWS, K)
    equal, uneven = [1.0] * ROWS, [1.0, 0.5, 2.0, 0.0, 3.0]
    positive = torch.tensor([0.5, 1.0, 3.0, 7.0], dtype=torch.float64)
    cases = [
        case("cross-entropy", x, soft, uneven, lambda a, b: -(b * F.log_softmax(a, 1)).sum(1)),
        case("binary", x, bits, uneven, lambda a, b: F.binary_cross_entropy_with_logits(a, b, reduction="none").mean(1)),
        case("binary-weighted", x, bits, uneven, lambda a, b: F.binary_cross_entropy_with_logits(a, b, pos_weight=positive, reduction="none").mean(1), positive=positive.tolist()),
        case("squared", x, real, uneven, lambda a, b: F.mse_loss(a, b, reduction="none").mean(1)),
        case("huber", x, real, uneven, lambda a, b: F.huber_loss(a, b, delta=1.5, reduction="none").mean(1), parameter=1.5),
        case("cosine", x, real, uneven, lambda a, b: F.cosine_embedding_loss(a, b, torch.ones(ROWS), reduction="none")),
        case("divergence", x, soft, uneven, lambda a, b: F.kl_div(F.log_softmax(a, 1), b, reduction="none").sum(1)),
        case("focal", x, hard, uneven, lambda a, b: focal(a, b, 2.0), parameter=2.0),
        case("focal-gentle", x, soft, equal, lambda a, b: focal(a, b, 0.5), parameter=0.5),
        case("binary-focal", x, bits, uneven, lambda a, b: binary_focal(a, b, 2.0, positive), parameter=2.0, positive=positive.tolist()),
    ]
    # As PyTorch's CrossEntropyLoss weighs classes and smooths labels, mean over the classes' weights.
    weights = torch.tensor([2.0, 1.0, 0.25, 4.0], dtype=torch.float64)
    y = x.double().requires_grad_()
    loss = F.cross_entropy(y, classes, weight=weights, label_smoothing=0.1)
    loss.backward()
    cases.append(dict(name="weighted-smoothed", x=y.detach().flatten().tolist(), t=hard.flatten().tolist(), weights=equal, loss=loss.item(), gradient=y.grad.flatten().tolist(),
                      parameter=0.1, positive=weights.tolist()))
    folder = pathlib.Path(__file__).parent
    (folder / "losses.json").write_text(json.dumps(dict(torch=torch.__version__, rows=ROWS, width=K, cases=cases), indent=1) + "\n")


main()
