"""Sound as it is kept: trimmed, 200 to 3400 Hz, its speech at one level, with silence before and after; 16 kHz masters, 8 kHz A-law to serve."""

import array
import math
import subprocess
import tempfile
import wave
from pathlib import Path

LEVEL_DB = -23.0
QUIETEST_DB, LOUDEST_DB = -26.0, -20.0
PEAK_DB = -1.5
LEAD_S, TAIL_S = 0.1, 0.2
# Pieces that times are composed of follow each other within a sentence.
PIECE_LEAD_S, PIECE_TAIL_S = 0.02, 0.06
MASTER_RATE, RATE = 16_000, 8_000
# Softer than this below the speech is silence to be cut off.
EDGE_DB = 46.0
SILENCE_DB = -100.0


def finish(raw, target, piece, master=None):
    """Makes the recording `target` of the raw speech in the WAV file `raw`; keeps the 16 kHz master too where one is asked for."""
    with tempfile.TemporaryDirectory() as scratch:
        banded, cut = Path(scratch) / "banded.wav", Path(scratch) / "cut.wav"
        # `-R` is sox's fixed seed; nothing is dithered. Headroom for the filter's overshoot.
        sox(raw, "-b", "16", "-c", "1", banded, "gain", "-4", "rate", "16k", "sinc", "-t", "120", "200-3400")
        samples = read(banded)
        begin, end = edges(samples)
        fades = ["fade", "t", "0.005", f"{(end - begin) / MASTER_RATE:.4f}", "0.01"]
        sox(banded, cut, "trim", f"{begin}s", f"{end - begin}s", *fades)
        gain = loudness(read(cut))
        lead, tail = (PIECE_LEAD_S, PIECE_TAIL_S) if piece else (LEAD_S, TAIL_S)
        shape = ["gain", f"{gain:.2f}", "pad", str(lead), str(tail)]
        if master:
            sox(cut, master, *shape)
        sox(cut, "-r", str(RATE), "-c", "1", "-e", "a-law", target, *shape)


def loudness(samples):
    """The gain that brings speech to its level, less where its peaks would reach the top."""
    peak = decibel(max(abs(sample) for sample in samples) ** 2)
    return min(LEVEL_DB - active_level(samples, MASTER_RATE), PEAK_DB - peak)


def edges(samples):
    """Where speech begins and ends, in samples, by frames of 5 ms, with 10 ms left on both sides."""
    step = MASTER_RATE // 200
    levels = [decibel(mean_square(samples[at : at + step])) for at in range(0, len(samples) - step, step)]
    floor = active_level(samples, MASTER_RATE) - EDGE_DB
    loud = [n for n, level in enumerate(levels) if level > floor]
    return max(0, loud[0] - 2) * step, min(len(levels), loud[-1] + 3) * step


def active_level(samples, rate):
    """The active speech level by method B of ITU-T P.56, dBov: the mean power of the parts in which somebody speaks, to which belongs what is
    within 200 ms of an envelope that lies 15.9 dB under that level. The envelope is looked at every millisecond."""
    smooth = math.exp(-1 / (0.03 * rate))
    step, hang = rate // 1000, 200
    thresholds = [2.0**-n for n in range(1, 16)]
    counts, idle = [0] * len(thresholds), [hang] * len(thresholds)
    first = envelope = energy = 0.0
    for at, sample in enumerate(samples):
        energy += sample * sample
        first = smooth * first + (1 - smooth) * abs(sample)
        envelope = smooth * envelope + (1 - smooth) * first
        if at % step:
            continue
        for n, threshold in enumerate(thresholds):
            idle[n] = 0 if envelope >= threshold else idle[n] + 1
            counts[n] += step if idle[n] <= hang else 0
    return between(energy, counts, thresholds) if energy else SILENCE_DB


def between(energy, counts, thresholds):
    """Between the two thresholds that the margin of 15.9 dB lies between."""
    before = None
    for count, threshold in sorted(zip(counts, thresholds, strict=True), key=lambda pair: pair[1]):
        if count == 0:
            break
        level = decibel(energy / count)
        margin = level - 20 * math.log10(threshold)
        if margin <= 15.9:
            if before is None:
                return level
            share = (before[1] - 15.9) / (before[1] - margin)
            return before[0] + share * (level - before[0])
        before = (level, margin)
    return before[0] if before else decibel(energy / max(counts))


def mean_square(samples):
    return sum(sample * sample for sample in samples) / max(1, len(samples))


def decibel(power):
    return 10 * math.log10(power) if power > 0 else SILENCE_DB


def read(path):
    """Samples from -1 to 1, of any format that sox knows."""
    raw = sox(path, "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-")
    return [sample / 32_768 for sample in array.array("h", raw)]


def write(path, samples, rate):
    """A WAV file of 16 bits from samples from -1 to 1."""
    whole = array.array("h", (max(-32_768, min(32_767, round(32_768 * sample))) for sample in samples))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(whole.tobytes())


def sox(*arguments):
    return run("sox", "-D", "-R", *arguments)


def run(*command):
    """What a command printed; it must not fail."""
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed: {done.stderr.decode().strip()}")
    return done.stdout
