"""Addresses of the API of the projects app, under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from projects.api import guidelines, jobs, media, members, ontologies, projects

PROJECT = "projects/<str:project_id>/"

project_urls = [
    path("projects/", projects.Projects.as_view(), name="api-projects"),
    path(PROJECT, projects.OneProject.as_view(), name="api-project"),
    path(f"{PROJECT}launch/", projects.ProjectLaunch.as_view(), name="api-project-launch"),
    path(f"{PROJECT}pause/", projects.ProjectPause.as_view(), name="api-project-pause"),
    path(f"{PROJECT}archive/", projects.ProjectArchive.as_view(), name="api-project-archive"),
    path(f"{PROJECT}restore/", projects.ProjectRestore.as_view(), name="api-project-restore"),
    path(f"{PROJECT}clone/", projects.ProjectClone.as_view(), name="api-project-clone"),
]
version_urls = [
    path("ontologies/check/", ontologies.OntologyCheck.as_view(), name="api-ontology-check"),
    path(f"{PROJECT}ontologies/", ontologies.Ontologies.as_view(), name="api-ontologies"),
    path(f"{PROJECT}guidelines/", guidelines.Guidelines.as_view(), name="api-guidelines"),
    path(
        f"{PROJECT}guidelines/acknowledge/",
        guidelines.GuidelineAcknowledge.as_view(),
        name="api-guideline-acknowledge",
    ),
]
people_urls = [
    path(f"{PROJECT}members/", members.Members.as_view(), name="api-members"),
    path(f"{PROJECT}members/<str:membership_id>/", members.Member.as_view(), name="api-member"),
    path(
        f"{PROJECT}members/<str:membership_id>/expert/",
        members.MemberExpert.as_view(),
        name="api-member-expert",
    ),
    path(
        f"{PROJECT}members/<str:membership_id>/pause/", members.MemberPause.as_view(), name="api-member-pause"
    ),
    path(
        f"{PROJECT}members/<str:membership_id>/resume/",
        members.MemberResume.as_view(),
        name="api-member-resume",
    ),
    path(f"{PROJECT}invitations/", members.ProjectInvitations.as_view(), name="api-project-invitations"),
]
file_urls = [
    path(f"{PROJECT}media/", media.Uploads.as_view(), name="api-media"),
    path("jobs/<str:job_id>/", jobs.OneJob.as_view(), name="api-job"),
    path("jobs/<str:job_id>/errors/", jobs.JobErrors.as_view(), name="api-job-errors"),
]

urlpatterns: list[URLPattern | URLResolver] = [*project_urls, *version_urls, *people_urls, *file_urls]
