"""Makes the small pictures of Fixtures/ and the golden files of this folder with Pillow 9.4 and torchvision 0.14 (Debian 12).

Usage: make_pillow_golden.py DATA
DATA is the folder of the real labelled sets. Hashes are the first 12 hexadecimal digits of SHA-256 over the rows of red, green and blue bytes.
"""
import hashlib
import io
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageEnhance, ImageOps
import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE / "Fixtures"
FILTERS = {"Nearest": 0, "Box": 4, "Bilinear": 2, "Hamming": 5, "Bicubic": 3, "Lanczos": 1}


def pattern(width, height, seed=0):
    """Smooth gradients, edges and some noise, so that every filter and every kind of chroma sampling has something to do."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    r = 127 + 120 * np.sin(x / 5 + seed) * np.cos(y / 7)
    g = (x * 7 + y * 3 + seed * 31) % 256
    b = np.where((x // 6 + y // 4) % 2 == 0, 230, 20) + ((x * 37 + y * 101) % 19)
    return np.clip(np.stack([r, g, b], -1), 0, 255).astype(np.uint8)


def png(width, height, depth, colour, rows, extra=b"", interlace=0):
    """A PNG that Pillow cannot write: rows are the bytes of each scan line (of each pass, where interlaced)."""
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(r) for r in rows), 9)) + chunk(b"IEND", b"")


def adam7(pixels):
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        part = pixels[y0::dy, x0::dx]
        if part.size:
            yield from (row.tobytes() for row in part)


def swapped_profile():
    """sRGB with red and green exchanged: whoever applies it changes the colours for everyone to see."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", data[128:132])[0]
    places = {bytes(data[132 + 12 * i:136 + 12 * i]): 132 + 12 * i for i in range(count)}
    r, g = places[b"rXYZ"], places[b"gXYZ"]
    data[r + 4:r + 12], data[g + 4:g + 12] = data[g + 4:g + 12], data[r + 4:r + 12]
    return bytes(data)


def make_fixtures():
    FIXTURES.mkdir(exist_ok=True)
    a = pattern(45, 34)
    rgb = Image.fromarray(a)
    grey = rgb.convert("L")
    y, x = np.mgrid[0:34, 0:45]
    alpha = Image.fromarray(((x * 6 + y * 2) % 256 * ((x + y) % 5 > 0)).astype(np.uint8))
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    la = Image.merge("LA", (grey, alpha))
    palette = rgb.quantize(40)

    def save(name, image, **options):
        image.save(FIXTURES / name, **options)

    save("rgb.png", rgb, optimize=True)
    save("rgba.png", rgba)
    save("grey.png", grey)
    save("grey-alpha.png", la)
    save("grey-key.png", grey, transparency=int(np.asarray(grey)[3, 3]))
    save("rgb-key.png", rgb, transparency=tuple(int(v) for v in a[5, 5]))
    save("palette.png", palette)
    save("palette-alpha.png", palette, transparency=bytes((i * 40) % 256 for i in range(40)))
    save("palette-key.png", palette, transparency=3)
    save("palette-4bit.png", rgb.quantize(13), bits=4)
    save("palette-2bit.png", rgb.quantize(4), bits=2)
    save("one-bit.png", rgb.convert("1"))
    save("profile.png", rgb, icc_profile=swapped_profile())
    gamma = struct.pack(">I", 4) + b"gAMA" + struct.pack(">I", 90000)
    gamma += struct.pack(">I", zlib.crc32(gamma[4:]))
    (FIXTURES / "gamma.png").write_bytes(png(45, 34, 8, 2, [r.tobytes() for r in a], gamma))
    grey2 = (np.asarray(grey) >> 6).astype(np.uint8)
    packed = np.zeros((34, 12), np.uint8)
    for i in range(45):
        packed[:, i // 4] |= grey2[:, i] << (6 - 2 * (i % 4))
    (FIXTURES / "grey-2bit.png").write_bytes(png(45, 34, 2, 0, [r.tobytes() for r in packed]))
    deep = a.astype(np.uint32) * 257 % 65536
    deep = ((deep + (x * 97 + y * 31)[..., None] % 256) % 65536).astype(">u2")
    (FIXTURES / "rgb-16bit.png").write_bytes(png(45, 34, 16, 2, [r.tobytes() for r in deep]))
    deep_alpha = np.concatenate([deep, (np.asarray(alpha).astype(np.uint32) * 257).astype(">u2")[..., None]], -1)
    (FIXTURES / "rgba-16bit.png").write_bytes(png(45, 34, 16, 6, [r.tobytes() for r in deep_alpha]))
    (FIXTURES / "grey-16bit.png").write_bytes(png(45, 34, 16, 0, [r.tobytes() for r in deep[..., 0]]))
    (FIXTURES / "interlaced.png").write_bytes(png(45, 34, 8, 2, adam7(a), interlace=1))
    save("one-pixel.png", rgb.crop((0, 0, 1, 1)))
    save("column.png", rgb.crop((3, 0, 4, 34)))
    save("row.png", rgb.crop((0, 7, 45, 8)))

    save("baseline.jpg", rgb, quality=85, subsampling=2)
    save("half.jpg", rgb, quality=85, subsampling=1)
    save("full.jpg", rgb, quality=95, subsampling=0)
    save("progressive.jpg", rgb, quality=80, progressive=True)
    save("grey.jpg", grey, quality=85)
    save("cmyk.jpg", rgb.convert("CMYK"), quality=90)
    save("profile.jpg", rgb, quality=85, icc_profile=swapped_profile())
    save("large.jpg", Image.fromarray(pattern(331, 197, 2)), quality=70)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        save(f"orientation-{orientation}.jpg", rgb, quality=85, exif=exif)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("orientation-6.png", rgb, exif=exif)
    save("orientation-6.webp", rgb, exif=exif, quality=80)
    big = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 8, 0) + b"\0\0\0\0"
    save("orientation-8-big-endian.jpg", rgb, quality=85, exif=big)

    save("lossy.webp", rgb, quality=80)
    save("lossless.webp", rgb, lossless=True)
    save("lossy-alpha.webp", rgba, quality=80)
    save("lossless-alpha.webp", rgba, lossless=True, exact=True)
    save("rgb.bmp", rgb)
    save("rgba.bmp", rgba)
    save("grey.bmp", grey)
    save("palette.bmp", palette)
    save("one-bit.bmp", rgb.convert("1"))
    save("palette.gif", palette)
    save("transparent.gif", palette, transparency=5)
    save("grey.gif", grey)
    frames = [Image.fromarray(pattern(45, 34, s)).quantize(32) for s in range(3)]
    save("animated.gif", frames[0], save_all=True, append_images=frames[1:], duration=40)
    small = io.BytesIO()
    palette.save(small, "GIF", transparency=5)
    inside = bytearray(small.getvalue())
    inside[6:10] = struct.pack("<HH", 60, 50)
    at = inside.index(b"\x2c\0\0\0\0" + struct.pack("<HH", 45, 34))
    inside[at + 1:at + 5] = struct.pack("<HH", 7, 9)
    (FIXTURES / "small-frame.gif").write_bytes(inside)
    palette.save(small := io.BytesIO(), "GIF")
    inside = bytearray(small.getvalue())
    inside[6:10] = struct.pack("<HH", 60, 50)
    at = inside.index(b"\x2c\0\0\0\0" + struct.pack("<HH", 45, 34))
    inside[at + 1:at + 5] = struct.pack("<HH", 7, 9)
    (FIXTURES / "small-frame-opaque.gif").write_bytes(inside)


def digest(image):
    return hashlib.sha256(np.ascontiguousarray(np.asarray(image)).tobytes()).hexdigest()[:12]


def load(path):
    image = ImageOps.exif_transpose(Image.open(path))
    return image.convert("RGB")


def hugging_face_crop(image, size):
    top, left = (image.height - size) // 2, (image.width - size) // 2
    canvas = Image.new("RGB", (size, size))
    canvas.paste(image, (-left, -top))
    return canvas


MODES = {
    "exact": lambda i, f: i.resize((224, 160), f),
    "exact-crop": lambda i, f: F.center_crop(i.resize((61, 61), f), 48),
    "shorter": lambda i, f: F.center_crop(F.resize(i, 256, f), 224),
    "shorter-small": lambda i, f: F.center_crop(F.resize(i, 33, f), 32),
    "shorter-under": lambda i, f: F.center_crop(F.resize(i, 51, f), 64),
    "shorter-down": lambda i, f: hugging_face_crop(F.resize(i, 97, f), 64),
    "shorter-down-under": lambda i, f: hugging_face_crop(F.resize(i, 51, f), 64),
    "pad": lambda i, f: ImageOps.pad(i, (160, 120), f, color=(10, 200, 30)),
    "pad-corner": lambda i, f: ImageOps.pad(i, (96, 96), f, color=(10, 200, 30), centering=(0, 0)),
    "none": lambda i, f: F.center_crop(i, 120),
}


def interpolation(number):
    return {v.value: v for v in T.InterpolationMode}[{0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}[number]]


def resized(image, mode, number):
    name = "shorter" if mode.startswith("shorter") else mode
    return MODES[mode](image, interpolation(number) if name == "shorter" else number)


def write(name, lines):
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def golden_pictures(data):
    real = []
    for folder, count in (("caltech20", 12), ("flowers5", 10), ("pacs", 10), ("cifar10", 6), ("fashion-mnist", 6), ("products", 10), ("digits", 4), ("bccd", 4)):
        files = sorted(p for p in (data / folder).rglob("*") if p.suffix in (".jpg", ".png"))
        real += [files[i * len(files) // count] for i in range(count)]
    lines = ["file\twidth\theight\tdecoded\t" + "\t".join(f"{m}/{f}" for m in MODES for f in FILTERS)]
    for path in sorted(FIXTURES.iterdir()) + real:
        name = f"Fixtures/{path.name}" if path.parent == FIXTURES else path.relative_to(data).as_posix()
        image = load(path)
        row = [name, str(image.width), str(image.height), digest(image)]
        for mode in MODES:
            row += [digest(resized(image, mode, number)) if min(image.size) * 40 >= max(image.size) else "-" for number in FILTERS.values()]
        lines.append("\t".join(row))
    write("pillow-golden.tsv", lines)


def golden_jitter():
    image = Image.fromarray(pattern(45, 34, 4))
    grid = Image.fromarray(np.stack(np.meshgrid(np.arange(0, 256, 5), np.arange(0, 256, 3), np.arange(0, 256, 7), indexing="ij"), -1).astype(np.uint8).reshape(52, -1, 3))
    grid.crop((0, 0, 1, 1))
    lines = ["change\tfactor\tpattern\tgrid"]
    for factor in (0.0, 0.35, 0.9, 1.0, 1.2, 1.85, 3.5):
        for name, enhance in (("Brightness", ImageEnhance.Brightness), ("Contrast", ImageEnhance.Contrast), ("Saturation", ImageEnhance.Color)):
            lines.append(f"{name}\t{factor}\t{digest(enhance(image).enhance(factor))}\t{digest(enhance(grid).enhance(factor))}")
    for turn in (-0.5, -0.123, -0.001, 0.0, 0.05, 0.25, 0.5):
        lines.append(f"Hue\t{turn}\t{digest(F.adjust_hue(image, turn))}\t{digest(F.adjust_hue(grid, turn))}")
    write("jitter-golden.tsv", lines)


def golden_tensors():
    """All 256 values under torchvision's ToTensor and Normalize: the bits of the float32 numbers."""
    image = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2))
    tensor = T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])(T.ToTensor()(image)).numpy()
    write("normalize-golden.txt", [" ".join(f"{v:08x}" for v in np.ascontiguousarray(tensor[c, 0]).view(np.uint32)) for c in range(3)])


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_fixtures()
    golden_pictures(pathlib.Path(sys.argv[1]))
    golden_jitter()
    golden_tensors()
