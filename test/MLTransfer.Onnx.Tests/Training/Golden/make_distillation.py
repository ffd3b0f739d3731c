"""Losses of distillation and their gradients from PyTorch, in double precision: /usr/bin/python3 make_distillation.py

Each case has a prediction x [n, P], a target t [n, Q], weights of the rows, the weighted mean L and dL/dx. Formulas are written out here in another way than in the graphs: classes and rows are left out
instead of masked, pairs and triples are gone through one by one.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(8)


def hinton(x, t, temperature):
    return F.kl_div(F.log_softmax(x / temperature, 1), F.softmax(t / temperature, 1), reduction="none").sum(1) * temperature ** 2


def binary_hinton(x, t, temperature):
    # One logit u is the two logits (u, 0).
    def both(u):
        return torch.stack([u, torch.zeros_like(u)], 2) / temperature
    return F.kl_div(F.log_softmax(both(x), 2), F.softmax(both(t), 2), reduction="none").sum(2).mean(1) * temperature ** 2


def decoupled(x, target, alpha, beta, temperature):
    classes = x.shape[1]
    losses = []
    for student, teacher, truth in zip(x / temperature, target[:, :classes] / temperature, target[:, classes:]):
        others = (truth == 0).nonzero().flatten()
        non_target = F.kl_div(F.log_softmax(student[others], 0), F.softmax(teacher[others], 0), reduction="sum")
        own = (truth == 1).nonzero().flatten()
        loss = beta * non_target
        if len(own) == 1:
            p, q = F.softmax(student, 0), F.softmax(teacher, 0)
            two = F.kl_div(torch.log(torch.stack([p[own[0]], p[others].sum()])), torch.stack([q[own[0]], q[others].sum()]), reduction="sum")
            loss = loss + alpha * two
        losses.append(loss * temperature ** 2)
    return torch.stack(losses)


def hint(x, t):
    return F.mse_loss(x, t, reduction="none").mean(1)


def normalised_distances(x):
    n = len(x)
    distances = torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist").clamp(min=1e-6)
    distances = distances * (1 - torch.eye(n, dtype=x.dtype))
    return distances / distances[distances > 0].mean() if n > 1 else distances


def distance(x, t):
    terms = F.smooth_l1_loss(normalised_distances(x), normalised_distances(t), reduction="none")
    assert abs(terms.mean(1).mean() - F.smooth_l1_loss(normalised_distances(x), normalised_distances(t))) < 1e-12
    return terms.mean(1)


def angles(x):
    n = len(x)

    def cosine(i, j, k):
        one, other = x[j] - x[i], x[k] - x[i]
        if one.norm() <= 1e-6 or other.norm() <= 1e-6:
            return 0 * x.sum()
        return F.cosine_similarity(one, other, dim=0)
    return torch.stack([torch.stack([torch.stack([cosine(i, j, k) for k in range(n)]) for j in range(n)]) for i in range(n)])


def angle(x, t):
    return F.smooth_l1_loss(angles(x), angles(t), reduction="none").mean((1, 2))


def similarity(x, t, temperature):
    n = len(x)
    if n == 1:
        return 0 * x.sum(1)

    def cosines(values, i):
        return torch.stack([
            0 * values.sum() if values[i].norm() <= 1e-6 or values[j].norm() <= 1e-6 else F.cosine_similarity(values[i], values[j], dim=0) for j in range(n) if j != i
        ]) / temperature
    return torch.stack([F.kl_div(F.log_softmax(cosines(x, i), 0), F.softmax(cosines(t, i), 0), reduction="sum") for i in range(n)])


def case(name, loss, x, t, weights, function, **settings):
    weights = torch.tensor(weights, dtype=torch.float64)
    y = x.double().requires_grad_()
    value = (function(y, t.double(), **settings) * weights).sum() / weights.sum()
    value.backward()
    return dict(name=name, kind=loss, width=x.shape[1], targetWidth=t.shape[1], x=x.flatten().tolist(), t=t.flatten().tolist(), weights=weights.tolist(),
                loss=value.item(), gradient=y.grad.flatten().tolist(), **settings)


def main():
    uneven = [1.0, 0.5, 2.0, 0.0, 3.0]
    x, t = torch.randn(5, 4) * 2, torch.randn(5, 4) * 3
    one_hot = F.one_hot(torch.tensor([0, 3, 1, 2, 3]), 4).float()
    unlabelled = one_hot.clone()
    unlabelled[2] = 0
    cases = [
        case("hinton-1", "hinton", x, t, uneven, hinton, temperature=1.0),
        case("hinton-4", "hinton", x, t, uneven, hinton, temperature=4.0),
        case("hinton-cold", "hinton", x, t, uneven, hinton, temperature=0.5),
        case("hinton-one-row", "hinton", x[:1], t[:1], [2.0], hinton, temperature=3.0),
        case("binary-hinton", "binary-hinton", x[:, :1], t[:, :1], uneven, binary_hinton, temperature=2.0),
        case("binary-hinton-labels", "binary-hinton", x, t, uneven, binary_hinton, temperature=3.0),
        case("decoupled", "decoupled", x, torch.cat([t, one_hot], 1), uneven, decoupled, alpha=1.0, beta=8.0, temperature=4.0),
        case("decoupled-cold", "decoupled", x, torch.cat([t, one_hot], 1), uneven, decoupled, alpha=0.5, beta=2.0, temperature=1.0),
        case("decoupled-unlabelled", "decoupled", x, torch.cat([t, unlabelled], 1), uneven, decoupled, alpha=1.5, beta=1.0, temperature=2.0),
        case("decoupled-two-classes", "decoupled", x[:2, :2], torch.cat([t[:2, :2], torch.eye(2)], 1), [1.0, 2.0], decoupled, alpha=1.0, beta=1.0, temperature=2.0),
        case("hint", "hint", x, t, uneven, hint),
    ]
    # Student and teacher of unlike widths; some rows the same for one of them, for the other, for both.
    s, e = torch.randn(6, 3), torch.randn(6, 5) * 4
    weights = [1.0, 0.5, 2.0, 0.0, 3.0, 1.0]
    same = s.clone()
    same[3] = same[0]
    same[5] = same[4]
    teacher = e.clone()
    teacher[2] = teacher[1]
    teacher[5] = teacher[4]
    empty = s.clone()
    empty[2] = 0
    for kind, function, settings in [("distance", distance, {}), ("angle", angle, {}), ("similarity", similarity, dict(temperature=0.2))]:
        cases += [
            case(kind, kind, s, e, [1.0] * 6, function, **settings),
            case(f"{kind}-weighted", kind, s, e, weights, function, **settings),
            case(f"{kind}-one-row", kind, s[:1], e[:1], [2.0], function, **settings),
            case(f"{kind}-two-rows", kind, s[:2], e[:2], [1.0, 1.0], function, **settings),
            case(f"{kind}-three-rows", kind, s[:3], e[:3], [1.0, 1.0, 1.0], function, **settings),
            case(f"{kind}-duplicates", kind, same, teacher, weights, function, **settings),
            case(f"{kind}-all-the-same", kind, s[:1].repeat(3, 1), e[:3], [1.0, 1.0, 1.0], function, **settings),
            case(f"{kind}-empty-row", kind, empty, e, weights, function, **settings),
        ]
    folder = pathlib.Path(__file__).parent
    (folder / "distillation.json").write_text(json.dumps(dict(torch=torch.__version__, cases=cases), indent=1) + "\n")


main()
