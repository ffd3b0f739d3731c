"""Prepares pictures with Pillow and torchvision on one thread: torchvision_pictures.py LIST

LIST has a path on each line. Resize(256), CenterCrop(224), ToTensor, Normalize, as for ImageNet; the files are in memory before the clock starts.
"""
import io
import json
import pathlib
import sys
import time

import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms

torch.set_num_threads(1)
files = [pathlib.Path(line).read_bytes() for line in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
prepare = transforms.Compose([
    transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


def run():
    start = time.perf_counter()
    for file in files:
        prepare(Image.open(io.BytesIO(file)).convert("RGB"))
    return time.perf_counter() - start


run()
print("ready " + json.dumps({"pillow": PIL.__version__, "torchvision": torchvision.__version__}), flush=True)
for line in sys.stdin:
    if line.strip() == "run":
        print(json.dumps({"seconds": run()}), flush=True)
