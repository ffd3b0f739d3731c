# Makes spearman.tsv: Spearman's correlation as scipy.stats.spearmanr has it, for lists with and without ties. Each line: x, y, correlation.
#   python3 spearman.py    (scipy 1.10.1)
import os
import random
from scipy.stats import spearmanr

random.seed(4)
cases = [
    ([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]),
    ([1, 2, 3], [3, 2, 1]),
    ([1, 1, 2, 2], [1, 2, 2, 3]),
    ([0, 0, 0, 1], [4, 3, 2, 1]),
    ([random.randint(0, 4) for _ in range(40)], [random.randint(0, 4) for _ in range(40)]),
    ([random.uniform(-1, 1) for _ in range(40)], [random.randint(0, 9) / 2 for _ in range(40)]),
]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "spearman.tsv"), "w", newline="\n") as out:
    for x, y in cases:
        out.write("\t".join([" ".join(map(repr, x)), " ".join(map(repr, y)), repr(float(spearmanr(x, y).correlation))]) + "\n")
