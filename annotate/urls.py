"""Addresses of the annotate app."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods, require_safe

from annotate.pages import inbox, label, my_answers, questions, review, tasks

PROJECT = "projects/<str:project_id>/"
get_or_post = require_http_methods(["GET", "HEAD", "POST"])

labeling = [
    path(f"{PROJECT}label/", require_safe(label.label), name="label"),
    path(
        f"{PROJECT}label/ontology/<int:version>/", require_safe(label.label_ontology), name="label-ontology"
    ),
    path(f"{PROJECT}label/news/", require_safe(label.label_news), name="label-news"),
    path(
        f"{PROJECT}label/answers/<str:annotation_id>/", require_safe(label.label_answer), name="label-answer"
    ),
    path(f"{PROJECT}my-answers/", require_safe(my_answers.my_answers), name="my-answers"),
    path(f"{PROJECT}inbox/", get_or_post(inbox.inbox), name="inbox"),
    path(f"{PROJECT}questions/", get_or_post(questions.questions), name="questions"),
]

reviewing = [
    path(f"{PROJECT}review/", require_safe(review.review), name="review"),
]

data = [
    path(f"{PROJECT}data/", require_safe(tasks.task_list), name="task-list"),
    path(f"{PROJECT}tasks/<str:task_id>/", require_safe(tasks.task_page), name="task"),
]

urlpatterns: list[URLPattern | URLResolver] = [*labeling, *reviewing, *data]
