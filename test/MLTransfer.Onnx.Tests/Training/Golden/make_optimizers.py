"""Writes optimizers.json: what PyTorch's optimizers, schedules and clipping do to a small deterministic problem.

    /usr/bin/python3 make_optimizers.py

Every number of the problem is a multiple of a power of two, so both sides compute the same gradient: g = curvature * (theta - target) + push(step).
Made with torch 1.13 on the CPU, one thread.

Schedules: OneCycleLR, CosineAnnealingLR and LinearLR agree with ours. Where warm-up comes first, PyTorch's SequentialLR of a LinearLR that begins at 1 / w and reaches 1 after
w - 1 steps, followed by the other schedule from step w on, is our definition. Hugging Face's schedules differ: their warm-up begins at 0, so that the first step changes nothing.
OneCycleLR also cycles the momentum unless it is told not to; ours never does.
"""
import json
import os

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, OneCycleLR, SequentialLR

torch.set_num_threads(1)
STEPS = 50
WEIGHT, BIAS = 35, 2  # neither fills whole vectors


def numbers(count, factor, modulus, scale):
    return torch.tensor([((i * factor) % modulus - modulus // 2) / scale for i in range(count)], dtype=torch.float32)


def problem():
    count = WEIGHT + BIAS
    curvature = numbers(count, 5, 13, 16).abs() + 0.125
    return curvature, numbers(count, 7, 17, 8), numbers(count, 11, 19, 4)


def push(step):
    return torch.tensor([((i * 3 + step * 7) % 23 - 11) / 32 for i in range(WEIGHT + BIAS)], dtype=torch.float32)


def run(name, make, decay, rate, clip=None, schedule=None):
    curvature, target, start = problem()
    weight = torch.nn.Parameter(start[:WEIGHT].clone())
    bias = torch.nn.Parameter(start[WEIGHT:].clone())
    optimizer = make([{"params": [weight], "weight_decay": decay}, {"params": [bias], "weight_decay": 0.0}], rate)
    scheduler = schedule(optimizer, rate) if schedule else None
    rates, norms = [], []
    for step in range(STEPS):
        theta = torch.cat([weight.detach(), bias.detach()])
        gradient = curvature * (theta - target) + push(step)
        weight.grad, bias.grad = gradient[:WEIGHT].clone(), gradient[WEIGHT:].clone()
        if clip:
            norms.append(float(torch.nn.utils.clip_grad_norm_([weight, bias], clip)))
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler and step + 1 < STEPS:
            scheduler.step()
    return {"name": name, "decay": decay, "rate": rate, "clip": clip, "rates": rates, "norms": norms,
            "parameters": [float(x) for x in torch.cat([weight.detach(), bias.detach()])]}


def sgd(**more):
    return lambda groups, rate: torch.optim.SGD(groups, lr=rate, **more)


def adamw(**more):
    return lambda groups, rate: torch.optim.AdamW(groups, lr=rate, **more)


def one_cycle(share):
    return lambda optimizer, rate: OneCycleLR(optimizer, max_lr=rate, total_steps=STEPS, pct_start=share, cycle_momentum=False)


def warm(share, after):
    warmup = round(share * STEPS)

    def make(optimizer, rate):
        rest = after(optimizer, STEPS - warmup)
        if warmup == 0:
            return rest
        return SequentialLR(optimizer, [LinearLR(optimizer, start_factor=1 / warmup, end_factor=1, total_iters=warmup - 1), rest], milestones=[warmup])
    return make


def cosine(optimizer, steps):
    return CosineAnnealingLR(optimizer, T_max=steps)


def linear(optimizer, steps):
    return LinearLR(optimizer, start_factor=1, end_factor=0, total_iters=steps)


cases = [
    run("sgd", sgd(), 0.0, 0.05),
    run("sgd-decay", sgd(), 0.1, 0.05),
    run("momentum", sgd(momentum=0.9), 0.1, 0.02),
    run("nesterov", sgd(momentum=0.8, nesterov=True), 0.1, 0.02),
    run("adamw", adamw(), 0.01, 0.05),
    run("adamw-decay", adamw(betas=(0.8, 0.95), eps=1e-6), 0.3, 0.05),
    run("adamw-clipped", adamw(), 0.01, 0.05, clip=1.0),
    run("momentum-clipped", sgd(momentum=0.9), 0.0, 0.05, clip=0.5),
    run("one-cycle", adamw(), 0.01, 0.1, schedule=one_cycle(0.3)),
    run("cosine", sgd(momentum=0.9), 0.0, 0.05, schedule=warm(0, cosine)),
    run("cosine-warm", adamw(), 0.01, 0.1, schedule=warm(0.2, cosine)),
    run("linear-warm", adamw(), 0.01, 0.1, schedule=warm(0.1, linear)),
]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimizers.json")
with open(path, "w") as out:
    json.dump({"torch": torch.__version__, "cases": cases}, out, indent=0)
    out.write("\n")
