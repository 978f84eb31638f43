"""Starting points for recordings."""

from labeltypes.base import Json
from projects.gallery_template import SOUND, Template, guideline_of

RECORDING: list[Json] = [{"name": "audio", "kind": "audio", "source": "audio"}]

SOUNDS: tuple[Template, ...] = (
    Template(
        key="transcription",
        title="Transcribe audio",
        description="Listen and write down what is said.",
        media=RECORDING,
        fields=[
            {
                "name": "transcript",
                "title": "What is said",
                "description": "F2 plays and pauses while you type.",
                "type": "text",
                "multiline": True,
                "max_length": 10_000,
                "required": True,
            },
            {
                "name": "clear",
                "title": "How well can it be understood?",
                "type": "choice",
                "required": True,
                "options": [
                    {"name": "well", "title": "Well", "hotkey": "1"},
                    {"name": "partly", "title": "Partly", "hotkey": "2"},
                    {"name": "not", "title": "Not at all", "hotkey": "3"},
                ],
            },
        ],
        guideline=guideline_of(
            "Write what is said, word by word, also what is said twice. Leave out sounds that are no words.",
            "“I I think so.”",
            "“Um, I [coughs] think so.”",
        ),
        sample={"audio": SOUND},
        seconds=90,
    ),
    Template(
        key="sound-segments",
        title="Label sounds",
        description="Mark from when to when a sound is heard, and which.",
        media=RECORDING,
        fields=[
            {
                "name": "sounds",
                "title": "Sounds",
                "type": "segment",
                "on": "audio",
                "overlap": "classes",
                "min_seconds": 0.05,
                "classes": [
                    {"name": "speech", "title": "Speech", "color": "#4477aa", "hotkey": "1"},
                    {"name": "music", "title": "Music", "color": "#cc6677", "hotkey": "2"},
                    {"name": "noise", "title": "Noise", "color": "#228833", "hotkey": "3"},
                ],
            }
        ],
        guideline=guideline_of(
            "Mark every sound from where it begins to where it can no longer be heard.",
            "Speech begins with its first consonant.",
            "One segment holds two sentences with a pause of three seconds between them.",
        ),
        sample={"audio": SOUND},
        seconds=60,
    ),
)
