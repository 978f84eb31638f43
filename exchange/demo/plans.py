"""What the three demo projects ask, and how."""

from typing import Any

NOTE = (
    "\n\n---\n\nThis is a demo. The answers you find here were given by **simulated annotators of stated "
    "skill** (their names say which), through the same code as everybody's. Everything on the screens was "
    "computed from these answers."
)

WHO_ANSWERED = (
    "Demo: the answers were given by simulated annotators of stated skill. Their names say which; everything "
    "shown was computed from their answers."
)

SMS_ONTOLOGY: dict[str, Any] = {
    "media": [{"name": "message", "kind": "text", "source": "text"}],
    "fields": [
        {
            "name": "kind",
            "title": "What is it?",
            "type": "choice",
            "required": True,
            "options": [
                {
                    "name": "ham",
                    "title": "Ordinary message",
                    "hotkey": "j",
                    "color": "#2a78b8",
                    "description": "Somebody the receiver knows wrote it, or asked to be written to.",
                },
                {
                    "name": "spam",
                    "title": "Spam",
                    "hotkey": "k",
                    "color": "#d9622b",
                    "description": "Advertising or fraud that nobody asked for.",
                },
            ],
        }
    ],
}
SMS_GUIDELINE = (
    """# Spam or not?

Decide from the text alone. **Spam** is advertising, a prize, a paid number or a trick to get an answer,
sent to people who did not ask for it.

> [!good]
> "Free entry in 2 a wkly comp …" is **spam**: a prize and a paid number.

> [!bad]
> "Your parcel comes at 5" is **not** spam although a company wrote it: the receiver ordered something.

When you cannot tell, think of the receiver: did they ask for this?"""
    + NOTE
)

ENTITY_ONTOLOGY: dict[str, Any] = {
    "media": [{"name": "sentence", "kind": "text", "source": "text"}],
    "fields": [
        {
            "name": "entities",
            "title": "Named entities",
            "type": "span",
            "on": "sentence",
            "snap": "word",
            "classes": [
                {"name": "person", "hotkey": "p", "description": "Names of people, also made-up ones."},
                {"name": "location", "hotkey": "l", "description": "Places, from streets to planets."},
                {
                    "name": "group",
                    "hotkey": "o",
                    "description": "Bands, teams, bodies, no companies.",
                },
                {"name": "corporation", "hotkey": "c", "description": "Companies."},
                {"name": "product", "hotkey": "d", "description": "Things one can buy."},
                {"name": "creative-work", "hotkey": "w", "title": "creative work"},
            ],
        }
    ],
}
ENTITY_GUIDELINE = (
    """# Named entities in noisy text

Mark every name, as it stands, without the words around it. Nothing named? Submit the empty answer.

> [!good]
> "flew to **Redondo** Beach" – mark *Redondo Beach* as a location.

> [!bad]
> Do not mark "my uncle": that is no name."""
    + NOTE
)

PHOTO_ONTOLOGY: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [
        {
            "name": "objects",
            "title": "Objects",
            "type": "box",
            "on": "photo",
            "classes": [
                {"name": "person", "hotkey": "p"},
                {"name": "animal", "hotkey": "a"},
                {"name": "plant", "hotkey": "t"},
                {"name": "building", "hotkey": "b"},
                {"name": "vehicle", "hotkey": "v"},
                {
                    "name": "thing",
                    "hotkey": "o",
                    "attributes": [
                        {"name": "occluded", "type": "choice", "options": ["no", "partly", "mostly"]}
                    ],
                },
            ],
        },
        {
            "name": "scene",
            "title": "Where is it?",
            "type": "choice",
            "options": ["indoors", "outdoors", "space", "cannot tell"],
        },
    ],
}
PHOTO_GUIDELINE = (
    """# Boxes around objects

One box per object, as tight as you can, around what is visible.
Leave out what is smaller than a fingernail."""
    + NOTE
)
