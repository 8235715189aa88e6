"""What the tools of this folder need beside Python, sox and espeak-ng: a folder of their own in the cache, with pinned packages and voices."""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROMPTS = HERE.parents[1] / "config" / "prompts"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "helpline" / "prompts"
VOICES = "kokoro-js@1.2.1"
VOICES_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"


def within(requirements):
    """Goes on in an environment that holds just these packages; makes it where it is not there."""
    wanted = (HERE / requirements).read_bytes()
    home = CACHE / f"{Path(requirements).stem}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if Path(sys.prefix) == home:
        return
    done = home / "complete"
    if not done.exists():
        print(f"installing {requirements} into {home}", file=sys.stderr)
        venv.create(home, clear=True, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([python, *install, "-r", HERE / requirements], check=True)
        done.touch()
    os.execv(python, [str(python), *sys.argv])


def voices():
    """The package with Kokoro's voices."""
    pack = CACHE / "kokoro-js-1.2.1.tgz"
    if not pack.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", CACHE, VOICES], check=True, stdout=subprocess.DEVNULL)
    if hashlib.sha256(pack.read_bytes()).hexdigest() != VOICES_SHA256:
        raise SystemExit(f"{pack} is not the package that is meant: remove it and try again")
    return pack
