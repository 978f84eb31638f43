"""The gallery of interface parts, to be looked at in both themes. Mounted only in DEBUG and in tests."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

ANNOTATORS = (
    ("Maria Huber", 0.94, 0.9, 0.97, 212),
    ("Ahmed Al-Rashid", 0.88, 0.82, 0.92, 160),
    ("Nguyễn Thị Minh", 0.71, 0.63, 0.78, 131),
    ("jo@example.org", 0.6, 0.31, 0.83, 9),
)


class SampleForm(forms.Form):
    """One field of each kind, one of them wrong."""

    name = forms.CharField(label="Project name", help_text="People see it; you can change it later.")
    overlap = forms.IntegerField(label="Answers per task", min_value=1, max_value=10, required=False)
    guideline = forms.CharField(label="Guideline", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("text", "Text"), ("image", "Image")])
    blind = forms.BooleanField(
        label="Hide names in review", required=False, help_text="Reviewers see no authors."
    )


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every part of the interface with made-up content."""
    return render(request, "ui/gallery.html", gallery_context())


def gallery_context() -> dict[str, Any]:
    """Made-up content for ``templates/ui/gallery.html``."""
    labels = ("Overview", "Data", "Label", "Review", "Quality", "People", "Model", "Export", "Settings")
    return {
        "title": "Gallery",
        "organization": {"name": "Donaudampfschifffahrtsgesellschaft"},
        "project": {"name": "Reviews in German"},
        "projects": [
            {"name": "Reviews in German", "url": "#", "active": True},
            {"name": "تعليقات", "url": "#"},
        ],
        "nav": [
            {
                "label": label,
                "key": label.lower(),
                "url": f"#{label.lower()}",
                "active": label == "Quality",
                "count": 3,
            }
            if label == "Review"
            else {
                "label": label,
                "key": label.lower(),
                "url": f"#{label.lower()}",
                "active": label == "Quality",
            }
            for label in labels
        ],
        "breadcrumbs": [{"label": "Reviews in German", "url": "#"}, {"label": "Quality"}],
        "form": SampleForm({"name": "", "overlap": 3, "kind": "image"}),
        "people": [dict(zip(("name", "value", "lo", "hi", "n"), row, strict=True)) for row in ANNOTATORS],
        "class_indexes": range(20),
        "week": (120, 180, 90, 240, 310, 280, 330),
        "now": timezone.now() - timedelta(minutes=3),
        "diff": [(" ", "Mark every person."), ("-", "Skip titles."), ("+", "Include titles: Dr. Huber.")],
        "options": [f"Class {number}" for number in range(1, 301)],
        "series": _series(),
        "matrix": _matrix(),
        "accuracy": _accuracy(),
    }


def _series() -> dict[str, Any]:
    sizes = [50, 100, 200, 400, 800, 1200]
    random_share = [0.61, 0.68, 0.75, 0.79, 0.82, 0.83]
    margin = [0.61, 0.72, 0.8, 0.84, 0.86, 0.87]
    band = {"lo": [value - 0.04 for value in margin], "hi": [value + 0.04 for value in margin]}
    return {
        "title": "Learning curve",
        "x": {"label": "Labels", "values": sizes},
        "y": {"label": "Accuracy on the random share", "min": 0.5, "max": 1},
        "series": [
            {"label": "Margin sampling", "values": margin, **band},
            {"label": "Random", "values": random_share},
        ],
    }


def _matrix() -> dict[str, Any]:
    names = ["positive", "negative", "cannot tell", "Sehenswürdigkeitenbeschreibung"]
    cells = [[310, 12, 4, 0], [20, 280, 9, 1], [31, 28, 40, 2], [3, 1, 0, 12]]
    return {
        "title": "Answers against consensus",
        "row_label": "Consensus",
        "column_label": "Answer",
        "rows": names,
        "columns": names,
        "cells": cells,
        "links": [[f"#{row}-{column}" for column in names] for row in names],
    }


def _accuracy() -> dict[str, Any]:
    rows = [
        {"name": name, "value": value, "lo": lo, "hi": hi, "n": n} for name, value, lo, hi, n in ANNOTATORS
    ]
    empty = {"name": "New person", "value": None, "lo": None, "hi": None, "n": 0}
    return {
        "title": "Accuracy on gold",
        "label": "Accuracy",
        "min": 0,
        "max": 1,
        "reference": 0.8,
        "rows": [*rows, empty],
    }
