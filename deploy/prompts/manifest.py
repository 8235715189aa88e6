"""words.toml: who says what in a language, and how."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

# Rendered and good to be heard; rendered for want of a person's voice; spoken by a person.
SPOKEN, TO_BE_RECORDED, RECORDED = "spoken", "to_be_recorded", "recorded"


# Times and numbers are composed of these.
PIECES = {"day", "weekday", "date", "time", "digit"}


def is_piece(prompt):
    return prompt.split(".")[0] in PIECES


@dataclass
class Language:
    folder: Path
    name: str
    engine: str
    voice: str
    speed: float
    rendered: dict
    recorded: dict

    def wav(self, prompt):
        return self.folder / f"{prompt}.wav"

    @property
    def all(self):
        return self.rendered | self.recorded


def languages(prompts):
    return [load(file) for file in sorted(prompts.glob("*/words.toml"))]


def load(file):
    table = tomllib.loads(file.read_text("utf-8"))
    rendered = dict(flat(table.get(SPOKEN, {}))) | dict(flat(table.get(TO_BE_RECORDED, {})))
    recorded = dict(flat(table.get(RECORDED, {})))
    return Language(file.parent, table["language"], table["engine"], table["voice"], table["speed"], rendered, recorded)


def flat(table, prefix=""):
    """Nested tables as dotted names."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
