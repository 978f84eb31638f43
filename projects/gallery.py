"""Starting points for a new project: an ontology, a guideline to write on, a sample, a picture."""

from labeltypes.base import Json
from projects.gallery_sounds import SOUNDS
from projects.gallery_template import PICTURE, Template, guideline_of

TEXT: list[Json] = [{"name": "text", "kind": "text", "source": "text"}]
PHOTO: list[Json] = [{"name": "image", "kind": "image", "source": "image"}]
STREET: list[Json] = [
    {"name": "car", "title": "Car", "color": "#4477aa", "hotkey": "1"},
    {"name": "person", "title": "Person", "color": "#cc6677", "hotkey": "2"},
    {"name": "tree", "title": "Tree", "color": "#228833", "hotkey": "3"},
]

_REVIEW = "Delivery took three weeks, but the lamp is beautiful and the support was kind."
_NEWS = "Maria Huber moved from Bad Ems to Paris in May to work for the Louvre."

TEMPLATES: tuple[Template, ...] = (
    Template(
        key="text-classification",
        title="Text classification",
        description="One label per text: topics, intents, spam.",
        media=TEXT,
        fields=[
            {
                "name": "topic",
                "title": "Topic",
                "type": "choice",
                "required": True,
                "options": [
                    {"name": "delivery", "title": "Delivery", "hotkey": "1"},
                    {"name": "product", "title": "Product", "hotkey": "2"},
                    {"name": "other", "title": "Something else", "hotkey": "3"},
                ],
            }
        ],
        guideline=guideline_of(
            "Choose what the text is mainly about.",
            "“Where is my parcel?” is **Delivery**.",
            "“Where is my parcel?” is not **Product**, although a product is inside.",
        ),
        sample={"text": _REVIEW},
        seconds=6,
    ),
    Template(
        key="sentiment",
        title="Sentiment with rating",
        description="Positive, negative or neutral, and how sure.",
        media=TEXT,
        fields=[
            {
                "name": "sentiment",
                "title": "Sentiment",
                "type": "choice",
                "required": True,
                "options": [
                    {"name": "positive", "title": "Positive", "hotkey": "p"},
                    {"name": "negative", "title": "Negative", "hotkey": "n"},
                    {"name": "neutral", "title": "Neutral", "hotkey": "u"},
                ],
            },
            {"name": "sure", "title": "How sure are you?", "type": "rating", "max": 5},
        ],
        guideline=guideline_of(
            "Say how the writer feels about the product, not about the delivery.",
            "“Beautiful lamp, slow post.” is **Positive**.",
            "“Beautiful lamp, slow post.” is not **Negative**: the post is not the product.",
        ),
        sample={"text": _REVIEW},
        seconds=9,
    ),
    Template(
        key="named-entities",
        title="Named entities",
        description="Mark people, places, organizations in a text.",
        media=TEXT,
        fields=[
            {
                "name": "entities",
                "title": "Entities",
                "type": "span",
                "on": "text",
                "snap": "word",
                "classes": [
                    {"name": "person", "title": "Person", "color": "#4477aa", "hotkey": "p"},
                    {"name": "place", "title": "Place", "color": "#228833", "hotkey": "o"},
                    {"name": "organization", "title": "Organization", "color": "#aa3377", "hotkey": "c"},
                ],
            }
        ],
        guideline=guideline_of(
            "Mark every name, without the words around it.",
            "**Bad Ems** in “the town of Bad Ems”.",
            "**town of Bad Ems**: only the name itself.",
        ),
        sample={"text": _NEWS},
        seconds=25,
    ),
    Template(
        key="image-classification",
        title="Image classification",
        description="One label per picture.",
        media=PHOTO,
        fields=[
            {
                "name": "scene",
                "title": "What is it?",
                "type": "choice",
                "required": True,
                "options": [
                    {"name": "street", "title": "Street", "hotkey": "1"},
                    {"name": "indoors", "title": "Indoors", "hotkey": "2"},
                    {"name": "nature", "title": "Nature", "hotkey": "3"},
                ],
            }
        ],
        guideline=guideline_of(
            "Choose what fills most of the picture.",
            "A street with one tree is a **Street**.",
            "A street with one tree is not **Nature**.",
        ),
        sample={"image": PICTURE},
        seconds=5,
    ),
    Template(
        key="bounding-boxes",
        title="Bounding boxes",
        description="Draw boxes around objects, with attributes.",
        media=PHOTO,
        fields=[
            {
                "name": "objects",
                "title": "Objects",
                "type": "box",
                "on": "image",
                "min_size": 4,
                "classes": [
                    {
                        "name": "car",
                        "title": "Car",
                        "color": "#4477aa",
                        "hotkey": "1",
                        "attributes": [
                            {
                                "name": "occluded",
                                "title": "Occluded",
                                "type": "choice",
                                "options": ["no", "partly", "mostly"],
                            }
                        ],
                    },
                    {"name": "person", "title": "Person", "color": "#cc6677", "hotkey": "2"},
                    {"name": "tree", "title": "Tree", "color": "#228833", "hotkey": "3"},
                ],
            }
        ],
        guideline=guideline_of(
            "Draw the smallest box that holds all that is visible of the object.",
            "The box touches the outermost pixels of the car.",
            "The box includes the shadow of the car.",
        ),
        sample={"image": PICTURE},
        seconds=45,
    ),
    Template(
        key="outlines",
        title="Outline objects",
        description="Draw exact outlines (polygons) around objects.",
        media=PHOTO,
        fields=[
            {
                "name": "objects",
                "title": "Objects",
                "type": "polygon",
                "on": "image",
                "classes": STREET,
            }
        ],
        guideline=guideline_of(
            "Outline all that is visible of each object, point by point along its edge.",
            "The outline follows the roof of the car and leaves the shadow out.",
            "The outline cuts straight across the gap between two branches of the tree.",
        ),
        sample={"image": PICTURE},
        seconds=90,
    ),
    Template(
        key="masks",
        title="Paint objects",
        description="Paint the pixels of objects (masks) with a brush.",
        media=PHOTO,
        fields=[
            {
                "name": "objects",
                "title": "Objects",
                "type": "mask",
                "on": "image",
                "classes": STREET,
            }
        ],
        guideline=guideline_of(
            "Paint all that is visible of each object, up to its edge.",
            "The windows of the car are painted, the person in front of it is not.",
            "The mask of the tree takes in the sky between its branches.",
        ),
        sample={"image": PICTURE},
        seconds=90,
    ),
    Template(
        key="preference",
        title="Pairwise preference",
        description="Two answers side by side: which one is better?",
        media=[
            {"name": "prompt", "kind": "text", "source": "prompt"},
            {"name": "a", "kind": "text", "source": "a"},
            {"name": "b", "kind": "text", "source": "b"},
        ],
        fields=[
            {
                "name": "better",
                "title": "Which answer is better?",
                "type": "choice",
                "required": True,
                "options": [
                    {"name": "a", "title": "The first (A)", "hotkey": "1"},
                    {"name": "b", "title": "The second (B)", "hotkey": "2"},
                    {"name": "tie", "title": "Equally good", "hotkey": "0"},
                ],
            },
            {"name": "why", "title": "Why?", "type": "text", "multiline": True, "max_length": 2000},
        ],
        guideline=guideline_of(
            "Judge which answer helps more with the question. Length is no merit.",
            "A short right answer is better than a long wrong one.",
            "Choosing B because it sounds more polite, although it is wrong.",
        ),
        sample={
            "prompt": "How many moons has Mars?",
            "a": "Two: Phobos and Deimos.",
            "b": "Mars, the fourth planet from the Sun, has a fascinating system of four moons.",
        },
        seconds=40,
    ),
    Template(
        key="compare-answers",
        title="Compare model answers",
        description="Several answers to a prompt: put them in order, best first.",
        media=[
            {"name": "prompt", "kind": "text", "source": "prompt"},
            {"name": "answer_1", "kind": "text", "source": "answer_1"},
            {"name": "answer_2", "kind": "text", "source": "answer_2"},
            {"name": "answer_3", "kind": "text", "source": "answer_3"},
        ],
        fields=[
            {
                "name": "ranking",
                "title": "Best answer first",
                "type": "ranking",
                "required": True,
                "options": [
                    {"name": "answer_1", "title": "Answer 1", "hotkey": "1"},
                    {"name": "answer_2", "title": "Answer 2", "hotkey": "2"},
                    {"name": "answer_3", "title": "Answer 3", "hotkey": "3"},
                ],
            }
        ],
        guideline=guideline_of(
            "Put the answers in order by how much they help with the question. Right comes before well put.",
            "A short right answer stands before a long one with a mistake.",
            "An answer stands first because it sounds surer, although it is wrong.",
        ),
        sample={
            "prompt": "How many moons has Mars?",
            "answer_1": "Mars, the fourth planet from the Sun, has a fascinating system of four moons.",
            "answer_2": "Two: Phobos and Deimos.",
            "answer_3": "Two.",
        },
        seconds=60,
    ),
    *SOUNDS,
    Template(
        key="free-text",
        title="Free text",
        description="Write: summaries, translations, transcriptions.",
        media=TEXT,
        fields=[
            {
                "name": "summary",
                "title": "Summary",
                "description": "One or two sentences, in your own words.",
                "type": "text",
                "multiline": True,
                "min_length": 10,
                "max_length": 1000,
                "required": True,
            }
        ],
        guideline=guideline_of(
            "Write what somebody needs to know who will not read the text.",
            "“Late delivery, good lamp, kind support.”",
            "Copying the first sentence.",
        ),
        sample={"text": _REVIEW},
        seconds=60,
    ),
    Template(
        key="empty",
        title="Empty",
        description="One yes-or-no question to build upon.",
        media=TEXT,
        fields=[
            {
                "name": "label",
                "title": "Label",
                "type": "choice",
                "required": True,
                "options": [
                    {"name": "yes", "title": "Yes", "hotkey": "y"},
                    {"name": "no", "title": "No", "hotkey": "n"},
                ],
            }
        ],
        guideline="",
        sample={"text": _REVIEW},
        seconds=6,
    ),
)
