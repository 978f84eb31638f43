"""Every page in the states that matter: who looks at it, where it is, on which stage data.

``test_every_page_has_a_scene`` compares this list with the routes: a new page fails there until it is here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Scene:
    """``path`` may name ids of the stage in braces; ``act`` brings the page into its state."""

    name: str
    route: str
    path: str
    role: str = "manager"
    status: int = 200
    act: Act | None = None


def press(key: str) -> Act:
    """A key, once the page has settled."""

    def act(page: Page) -> None:
        page.keyboard.press(key)

    return act


def mark_words(page: Page) -> None:
    """Three words of the text, each with another class."""
    for number, place in enumerate((0.03, 0.3, 0.55)):
        page.locator(".lb-class").nth(number).click()
        line = page.locator(".tx-text").first.bounding_box()
        assert line is not None
        page.mouse.dblclick(line["x"] + line["width"] * place, line["y"] + 12)


def draw_one(page: Page) -> None:
    """A box over most of the picture."""
    area = page.locator(".lb-stage canvas").first.bounding_box()
    assert area is not None
    across, down = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(across - 230, down - 330)
    page.mouse.down()
    page.mouse.move(across + 140, down + 330, steps=4)
    page.mouse.up()


def _project(
    name: str, route: str, rest: str, role: str = "manager", on: str = "sms", act: Act | None = None
) -> Scene:
    return Scene(name, route, f"/projects/{{{on}}}/{rest}", role, act=act)


VISITOR = (
    Scene("sign-in", "account_login", "/accounts/login/", "visitor"),
    Scene("sign-up", "account_signup", "/accounts/signup/", "visitor"),
    Scene("password-reset", "account_reset_password", "/accounts/password/reset/", "visitor"),
    Scene("invitation", "invitation", "/invitations/{invitation}/", "visitor"),
    Scene("invitation-gone", "invitation", "/invitations/nonsense/", "visitor", 404),
)
ACCOUNT = (
    Scene("profile", "profile", "/profile/", "annotator"),
    Scene("tokens", "tokens", "/tokens/", "engineer"),
    Scene("tokens-empty", "tokens", "/tokens/", "reviewer"),
    Scene("password-change", "account_change_password", "/accounts/password/change/", "annotator"),
    Scene("emails", "account_email", "/accounts/email/", "annotator"),
    Scene("sign-out", "account_logout", "/accounts/logout/", "annotator"),
    Scene("organization", "organization", "/organizations/{organization}/"),
    Scene("organization-new", "organization-new", "/organizations/new/"),
    Scene("not-found", "404", "/projects/999999/", "manager", 404),
    Scene("not-allowed", "403", "/projects/{sms}/settings/", "annotator", 403),
    Scene("api-docs", "api-docs", "/api/v1/docs/", "engineer"),
)
HOME = (
    Scene("home", "home", "/"),
    Scene("home-annotator", "home", "/", "annotator"),
    Scene("home-empty", "home", "/", "newcomer"),
    Scene("palette", "home", "/", act=press("Control+k")),
    Scene("keys", "home", "/", act=press("?")),
)
SETUP = (
    Scene("new-project", "project-new", "/projects/new/"),
    _project("overview", "project-overview", ""),
    _project("overview-annotator", "project-overview", "", "annotator"),
    _project("overview-engineer", "project-overview", "", "engineer"),
    _project("overview-empty-long-name", "project-overview", "", on="empty"),
    _project("ontology", "ontology", "ontology/", on="photos"),
    _project("ontology-empty", "ontology", "ontology/", on="empty"),
    _project("ontology-10000-classes", "ontology", "ontology/", on="wide"),
    _project("ontology-versions", "ontology-versions", "ontology/versions/"),
    _project("guideline", "guideline", "guideline/"),
    _project("guideline-annotator", "guideline", "guideline/", "annotator"),
    _project("guideline-empty", "guideline", "guideline/", on="empty"),
    _project("settings", "project-settings", "settings/"),
    _project("settings-long-name", "project-settings", "settings/", on="empty"),
)
DATA = (
    _project("data", "task-list", "data/"),
    _project("data-images", "task-list", "data/", on="photos"),
    _project("data-grid", "task-list", "data/?view=grid", on="photos"),
    _project("data-grid-texts", "task-list", "data/?view=grid"),
    _project("data-languages", "task-list", "data/", on="wide"),
    _project("data-empty", "task-list", "data/", on="empty"),
    _project("data-nothing-found", "task-list", "data/?q=nothinghasthisword"),
    _project("task", "task", "tasks/{task}/"),
    _project("methods", "methods", "consensus/?method=majority"),
    _project("methods-empty", "methods", "consensus/", on="empty"),
    _project("task-weighed", "task", "tasks/{weighed}/"),
    _project("import", "import", "import/"),
    _project("import-empty", "import", "import/", on="empty"),
    _project("export", "export", "export/", "engineer"),
    _project("export-empty", "export", "export/", "engineer", on="empty"),
    Scene("job-with-refused-rows", "job", "/jobs/{import_job}/"),
    Scene("job-failed", "job", "/jobs/{failed_job}/"),
)
LABEL = (
    _project("label", "label", "label/", "annotator"),
    _project("label-guideline-first", "label", "label/", "reviewer", on="photos"),
    _project("label-spans", "label", "label/", "annotator", on="entities", act=mark_words),
    _project("label-boxes", "label", "label/", "annotator", on="photos", act=draw_one),
    _project("label-10000-classes", "label", "label/", "annotator", on="wide"),
    _project("label-20000-words", "label", "label/", "annotator", on="words"),
    _project("label-40-megapixels", "label", "label/", "annotator", on="pixels"),
    _project("label-no-ontology", "label", "label/", "annotator", on="empty"),
    _project("my-answers", "my-answers", "my-answers/", "annotator"),
    _project("my-answers-empty", "my-answers", "my-answers/", "annotator", on="wide"),
    _project("inbox", "inbox", "inbox/", "annotator"),
    _project("inbox-empty", "inbox", "inbox/", "annotator", on="wide"),
    _project("questions", "questions", "questions/"),
    _project("questions-empty", "questions", "questions/", on="wide"),
)
REVIEW = (
    _project("review-spans", "review", "review/", "reviewer", on="entities"),
    _project("review-boxes", "review", "review/", "reviewer", on="photos"),
    Scene("review-task", "review", "/projects/{sms}/review/?task={task}", "reviewer"),
)
QUALITY = (
    _project("review", "review", "review/", "reviewer"),
    _project("review-empty", "review", "review/", "reviewer", on="wide"),
    _project("quality", "quality", "quality/"),
    _project("quality-spans", "quality", "quality/", on="entities"),
    _project("quality-empty", "quality", "quality/", on="empty"),
    _project("plan", "plan", "plan/"),
    _project("plan-empty", "plan", "plan/", on="empty"),
    _project("quality-cell", "quality-cell", "quality/cell/?field=kind&consensus=ham&answer=spam"),
    _project("agreement", "agreement", "agreement/"),
    _project("agreement-beyond-chance", "agreement", "agreement/?show=corrected"),
    _project("agreement-spans", "agreement", "agreement/", on="entities"),
    _project("agreement-empty", "agreement", "agreement/", on="empty"),
    _project("agreement-pair", "agreement-pair", "agreement/pair/"),
    _project("difficulty", "difficulty", "disagreement/"),
    _project("difficulty-empty", "difficulty", "disagreement/", on="empty"),
    _project("label-errors", "label-errors", "label-errors/"),
    _project("label-errors-empty", "label-errors", "label-errors/", on="wide"),
    _project("label-errors-long-names", "label-errors", "label-errors/", on="full"),
    _project("label-errors-judge-long-names", "label-errors-judge", "label-errors/judge/", on="full"),
    _project("label-errors-judge", "label-errors-judge", "label-errors/judge/", "reviewer"),
    _project("audits", "audits", "audits/"),
    _project("audits-empty", "audits", "audits/", on="wide"),
    _project("audit", "audit", "audits/{audit}/"),
    _project("audit-open", "audit", "audits/{open_audit}/"),
    _project("audit-judge", "audit-judge", "audits/{open_audit}/judge/", "reviewer"),
    _project("gold", "gold", "gold/"),
    _project("gold-editor", "gold-editor", "gold/{gold_task}/"),
    _project("gold-empty", "gold", "gold/", on="wide"),
    _project("gold-mined", "mined-gold", "gold/mined/"),
    _project("gold-mined-empty", "mined-gold", "gold/mined/", on="wide"),
    _project("qualification", "qualification", "qualification/", on="course"),
    _project("qualification-off", "qualification", "qualification/"),
    _project("qualification-empty", "qualification", "qualification/", on="wide"),
    _project("course-feedback", "qualification-course", "qualification/course/", "annotator", on="course"),
    _project("course-failed", "qualification-course", "qualification/course/", "engineer", on="course"),
    _project("course-off", "qualification-course", "qualification/course/", "annotator"),
    _project("contests", "contests", "gold/contests/", "reviewer"),
    _project("contests-empty", "contests", "gold/contests/", on="wide"),
    _project("seeded-errors", "seeded-errors", "seeded-errors/", on="full"),
    _project("seeded-errors-person", "seeded-errors", "seeded-errors/?person={full_person}", on="full"),
    _project("seeded-errors-reviewer", "seeded-errors", "seeded-errors/?person={full_reviewer}", on="full"),
    _project("seeded-errors-empty", "seeded-errors", "seeded-errors/"),
    _project("triage", "triage", "triage/", on="triaged"),
    _project("triage-unmeasured", "triage", "triage/"),
    _project("triage-empty", "triage", "triage/", on="empty"),
    _project("annotator-groups", "annotator-groups", "annotator-groups/", on="full"),
    _project("annotator-groups-empty", "annotator-groups", "annotator-groups/"),
    Scene("about-me", "about-me", "/organizations/{full_organization}/about-me/"),
    Scene("about-me-annotator", "about-me", "/organizations/{full_organization}/about-me/", "annotator"),
    Scene("about-me-empty", "about-me", "/organizations/{organization}/about-me/"),
    _project("people", "people", "people/"),
    _project("person", "person-figures", "people/{person}/figures/"),
    _project("person-differences", "person-differences", "people/{person}/differences/?field=kind"),
    _project("reasons", "reasons", "reasons/"),
    _project("reasons-long-names", "reasons", "reasons/", on="full"),
    _project("reasons-empty", "reasons", "reasons/", on="empty"),
    Scene("reason", "reason", "/reasons/{reason}/"),
    Scene("reason-long-names", "reason", "/reasons/{full_reason}/"),
    _project("model", "model", "model/", "engineer"),
    _project("model-empty", "model", "model/", "engineer", on="photos"),
    _project("my-work", "my-work", "my-work/", "annotator"),
    _project("my-work-uncertified", "my-work", "my-work/", "engineer", on="course"),
    _project("my-work-empty", "my-work", "my-work/", "annotator", on="wide"),
)
SCENES = (*VISITOR, *ACCOUNT, *HOME, *SETUP, *DATA, *LABEL, *REVIEW, *QUALITY)
