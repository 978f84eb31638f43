"""Whether gold tells people apart: computed over all grades by the full run, stored with each item."""

import numpy as np

from projects.models import Project
from quality.models import GoldGrade, GoldItem
from stats.trust.discrimination import discrimination

UPDATED = ["discrimination", "discrimination_low", "discrimination_high", "discrimination_people"]


def refresh_discrimination(project: Project) -> None:
    """Write each item's discrimination with its interval; twice without new grades writes nothing."""
    grades = GoldGrade.objects.filter(
        project=project, annotation__discarded_at__isnull=True, gold__voided_at__isnull=True
    )
    rows = list(grades.values_list("gold_id", "user_id", "correct"))
    if not rows:
        return
    gold, people, passed = zip(*rows, strict=True)
    ids, places = np.unique(np.asarray(gold), return_inverse=True)
    found = discrimination(places, people, passed, size=len(ids))
    changed = []
    for item in GoldItem.objects.filter(pk__in=ids.tolist()).only("pk", *UPDATED):
        place = int(np.searchsorted(ids, item.pk))
        value, low, high = (float(each[place]) for each in (found.value, found.low, found.high))
        new = (None, None, None) if np.isnan(value) else (round(value, 6), round(low, 6), round(high, 6))
        state = *new, int(found.people[place])
        if state != tuple(getattr(item, name) for name in UPDATED):
            for name, each in zip(UPDATED, state, strict=True):
                setattr(item, name, each)
            changed.append(item)
    GoldItem.objects.bulk_update(changed, UPDATED, batch_size=500)
