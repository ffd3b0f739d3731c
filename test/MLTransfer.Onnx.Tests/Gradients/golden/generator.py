"""The numbers that goldens, curves and benchmarks are made from, so that any language can make them again without a file.

splitmix64 by counter (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). Draw i (from 0) of stream s, in unsigned 64-bit arithmetic that wraps:

    z = s + (i + 1) * 0x9E3779B97F4A7C15
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB
    z = z ^ (z >> 31)

    uniform: u = (z >> 40) / 2^24, value = (float)(low + (high - low) * u), the formula in double precision
    integer: low + (z >> 33) mod (high - low)
    signs:   bit p of z (p = 0 to 31): +1 where it is set, -1 where it is not

A tensor takes draws 0, 1, 2, ... of its stream in row-major order.
"""
import numpy as np


def draws(stream, count, start=0):
    with np.errstate(over="ignore"):
        z = np.uint64(stream) + np.arange(start + 1, start + count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(stream, shape, low=-1.0, high=1.0):
    u = (draws(stream, int(np.prod(shape))) >> np.uint64(40)).astype(np.float64) / 2 ** 24
    return (low + (high - low) * u).astype(np.float32).reshape(shape)


def integers(stream, shape, low, high):
    z = draws(stream, int(np.prod(shape))) >> np.uint64(33)
    return (low + (z % np.uint64(high - low)).astype(np.int64)).reshape(shape)


def project(stream, values, count=32):
    """The sums of the values under `count` random signs each, in double precision."""
    flat, sums, block = values.reshape(-1), np.zeros(count), 1 << 18
    bits = np.arange(count, dtype=np.uint64)
    for start in range(0, flat.size, block):
        part = flat[start:start + block].astype(np.float64)
        if not part.any():
            continue
        signs = (draws(stream, part.size, start)[:, None] >> bits) & np.uint64(1)
        sums += part @ (signs.astype(np.float64) * 2 - 1)
    return sums
