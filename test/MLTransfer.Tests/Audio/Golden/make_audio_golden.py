"""Writes audio_golden.json: what the named references say about a few clips, a spread of numbers of each.

    python3 make_audio_golden.py DATA_FOLDER NODE_MODULES_FOLDER

DATA_FOLDER holds the sets speech-commands, esc10 and fsdd; NODE_MODULES_FOLDER holds @huggingface/transformers (4.3.1 made the file), whose feature extractors are the independent
reference. The formulas of Whisper's, Kaldi's (torchaudio.compliance.kaldi) and wav2vec 2.0's features are written out below in float64. Needs numpy, scipy and, for
resampling, sox; torch is used to check the formula of Whisper's spectrogram once more where it is installed. Never run by the tests.
"""
import json, math, os, subprocess, sys, tempfile
import numpy as np
from scipy import fft, signal
from scipy.io import wavfile

HERE = os.path.dirname(os.path.abspath(__file__))
EPSILON = 1.1920928955078125e-07


def made(count):
    """Noise and a triangle wave in whole numbers, so that every language makes the same; the last third is a thousand times quieter."""
    state, out = 1, []
    for n in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        value = ((state >> 16) - 16384) // 8 + abs((n * 37) % 400 - 200) * 60 - 6000
        out.append(value if n < count * 2 // 3 else value // 1000)
    return np.array(out) / 32768.0


def hertz_to_mel(f, scale):
    f = np.asarray(f, float)
    if scale == "slaney":
        return np.where(f < 1000, f * 3 / 200, 15 + 27 * np.log(np.maximum(f, 1e-9) / 1000) / math.log(6.4))
    return 1127 * np.log(1 + f / 700)


def slaney_filters(bins, size, rate, high):
    mels = np.linspace(0, hertz_to_mel(high, "slaney"), bins + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * math.log(6.4) / 27))
    f = np.arange(size // 2 + 1) * rate / size
    out = np.zeros((bins, len(f)))
    for b in range(bins):
        rise = (f - edges[b]) / (edges[b + 1] - edges[b])
        fall = (edges[b + 2] - f) / (edges[b + 2] - edges[b + 1])
        out[b] = np.maximum(0, np.minimum(rise, fall)) * 2 / (edges[b + 2] - edges[b])
    return out


def whisper(x, bins):
    x = np.pad(x, (0, 480000 - len(x)))
    padded = np.pad(x, 200, mode="reflect")
    window = signal.get_window("hann", 400, fftbins=True)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 400)[::160][:3000]
    power = np.abs(fft.rfft(frames * window, axis=1)) ** 2
    log = np.log10(np.maximum(slaney_filters(bins, 400, 16000, 8000) @ power.T, 1e-10))
    return (np.maximum(log, log.max() - 8) + 4) / 4


def kaldi(x, rate=16000, bins=23, window="povey", snip=True, scale=1.0):
    length, hop = int(rate * 0.025), int(rate * 0.010)
    size = 1 << (length - 1).bit_length()
    x = x * scale
    if snip:
        count = 0 if len(x) < length else 1 + (len(x) - length) // hop
    else:
        count = (len(x) + hop // 2) // hop
        lead = length // 2 - hop // 2
        x = np.concatenate([x[:lead][::-1], x, x[::-1]])
    if count == 0:
        return np.zeros((0, bins))
    frames = np.stack([x[t * hop:t * hop + length] for t in range(count)])
    frames = frames - frames.mean(axis=1, keepdims=True)
    frames = frames - 0.97 * np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    shapes = {"povey": signal.get_window("hann", length, False) ** 0.85, "hanning": signal.get_window("hann", length, False),
              "hamming": signal.get_window("hamming", length, False), "rectangular": np.ones(length)}
    power = np.abs(fft.rfft(frames * shapes[window], size, axis=1)) ** 2
    low, high = hertz_to_mel(20, "kaldi"), hertz_to_mel(rate / 2, "kaldi")
    step = (high - low) / (bins + 1)
    place = hertz_to_mel(np.arange(size // 2) * rate / size, "kaldi")
    left = low + step * np.arange(bins)[:, None]
    filters = np.maximum(0, np.minimum((place - left) / step, (left + 2 * step - place) / step))
    return np.log(np.maximum(power[:, :size // 2] @ filters.T, EPSILON))


def ast(x):
    log = kaldi(x, bins=128, window="hanning")[:1024]
    return (np.pad(log, ((0, 1024 - len(log)), (0, 0))) + 4.2677393) / (2 * 4.5689974)


def seamless(x):
    log = kaldi(x, bins=80, scale=32768)
    log = (log - log.mean(axis=0)) / np.sqrt(log.var(axis=0, ddof=1) + 1e-7)
    return log[:len(log) // 2 * 2].reshape(-1, 160)


def mfcc(x, rate=16000, bins=23, count=13, **more):
    coefficients = fft.dct(kaldi(x, rate, bins, **more), type=2, norm="ortho", axis=1)[:, :count]
    return coefficients * (1 + 11 * np.sin(np.pi * np.arange(count) / 22))


def wav2vec2(x):
    return (x - x.mean()) / np.sqrt(x.var() + 1e-7)


def spread(count):
    """At most 220 places: the ends and a walk that meets all rows and columns."""
    return sorted({0, count - 1} | {(i * 7919 + i * i * 31) % count for i in range(min(218, count))})


def transformers_js(modules, clips):
    with tempfile.TemporaryDirectory() as folder:
        for name, x in clips.items():
            x.astype("<f4").tofile(os.path.join(folder, name + ".f32"))
        subprocess.run(["node", os.path.join(HERE, "transformersjs_features.mjs"), modules, folder, *clips], check=True)
        out = {}
        for name in clips:
            for kind, shape in json.load(open(os.path.join(folder, name + ".json"))).items():
                out[name, kind] = np.fromfile(os.path.join(folder, f"{name}.{kind}.f32"), "<f4").astype(float).reshape(shape)
        return out


def read(path):
    rate, x = wavfile.read(path)
    assert x.dtype == np.int16 and x.ndim == 1
    return rate, x / 32768.0


def main():
    data, modules = sys.argv[1:3]
    real = {"speech": "speech-commands/wav/" + sorted(os.listdir(f"{data}/speech-commands/wav"))[3], "sounds": "esc10/wav/dog_bark", "rain": "esc10/wav/rain"}
    paths = {name: f"{folder}/{sorted(os.listdir(os.path.join(data, folder)))[0]}" for name, folder in real.items()}
    clips = {"made-9000": made(9000), "made-401": made(401), "made-560": made(560)}
    clips |= {name: read(os.path.join(data, path))[1] for name, path in paths.items()}
    cases = []

    def add(clip, kind, reference, values):
        flat = np.asarray(values).ravel()
        places = spread(len(flat))
        cases.append({"clip": clip, "kind": kind, "reference": reference, "shape": list(np.shape(values)), "places": places,
                      "values": [round(float(flat[i]), 6) for i in places]})

    js = transformers_js(modules, {name: x for name, x in clips.items() if name != "made-401"})
    ours = {"whisper80": lambda x: whisper(x, 80), "whisper128": lambda x: whisper(x, 128), "ast": ast, "seamless": seamless, "wav2vec2": wav2vec2}
    for (clip, kind), values in js.items():
        expected = ours[kind](clips[clip])
        # What is left over by stacking is padded by transformers.js.
        values = values[:len(expected)] if kind == "seamless" else values
        difference = np.abs(values - expected)
        print(f"{clip:10} {kind:10} transformers.js against the formula: largest {difference.max():.2e}, mean {difference.mean():.2e}")
        add(clip, kind, "transformers.js", values)
    for clip, x in clips.items():
        for bins, extra in ((80, {}), (23, {"window": "hamming"}), (40, {"snip": False})):
            add(clip, "kaldi-" + "-".join([str(bins), *(str(v).lower() for v in extra.values())]), "formula", kaldi(x, bins=bins, **extra))
        add(clip, "mfcc", "formula", mfcc(x))
    add("made-9000", "kaldi-8000", "formula", kaldi(clips["made-9000"], rate=8000, bins=40))
    add("made-401", "whisper80", "formula", whisper(clips["made-401"], 80))
    check_with_torch(clips["speech"])
    digits = sorted(os.listdir(f"{data}/fsdd/wav"))
    resampled = [resample(data, f"fsdd/wav/{digits[0]}", 8000, 16000), resample(data, f"fsdd/wav/{digits[300]}", 8000, 16000)]
    resampled += [resample(data, paths["rain"], rate, 16000) for rate in (11025, 22050, 44100, 48000)] + [resample(data, paths["sounds"], 16000, 8000)]
    json.dump({"paths": paths, "cases": cases, "resampled": resampled}, open(os.path.join(HERE, "audio_golden.json"), "w"), separators=(",", ":"))


def check_with_torch(x):
    try:
        import torch
    except ImportError:
        return
    t = torch.nn.functional.pad(torch.tensor(x), (0, 480000 - len(x)))
    power = torch.stft(t, 400, 160, window=torch.hann_window(400, dtype=torch.float64), return_complex=True)[..., :-1].abs() ** 2
    log = torch.log10(torch.clamp(torch.tensor(slaney_filters(80, 400, 16000, 8000)) @ power, min=1e-10))
    log = (torch.maximum(log, log.max() - 8) + 4) / 4
    print("torch.stft against the formula:", float((log - torch.tensor(whisper(x, 80))).abs().max()))


def resample(data, path, rate, to):
    """A stretch from the middle of a clip that SoX has resampled from a rate that is claimed to be the clip's, so that all rates have real clips that fill their band."""
    x = read(os.path.join(data, path))[1]
    with tempfile.TemporaryDirectory() as folder:
        made, out = os.path.join(folder, "in.wav"), os.path.join(folder, "out.wav")
        wavfile.write(made, rate, x.astype(np.float32))
        subprocess.run(["sox", "-D", made, "-e", "floating-point", "-b", "32", out, "rate", "-v", str(to)], check=True)
        y = wavfile.read(out)[1].astype(float)
    start = (len(y) - 1024) // 2
    return {"path": path, "from": rate, "to": to, "length": len(y), "start": start, "values": [round(float(v), 8) for v in y[start:start + 1024]]}


main()
