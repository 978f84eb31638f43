"""Images of an archive: read, looked for among those the project has, checked, stored a batch at a time."""

from collections.abc import Iterable

from accounts.errors import DomainError
from accounts.models import User
from formats.incoming import FileMember, MemberProblem
from projects.models import Media, Project
from projects.services.media import check_image, digest_of, keep_image, read_content


class Pictures:
    """The images of the batch at hand. ``stored``: by key, those that were not known before it."""

    def __init__(self, project: Project, by: User | None) -> None:
        self.project, self.by = project, by
        self.stored: dict[str, Media] = {}
        self._contents: dict[str, bytes | MemberProblem | DomainError] = {}
        self._digests: dict[str, str] = {}
        self._known: dict[str, Media] = {}

    def read(self, members: Iterable[FileMember]) -> None:
        """Begin a batch: read its members, and ask once which of their contents the project has."""
        self.stored, self._digests, self._known = {}, {}, {}
        self._contents = {member.name: _content(member) for member in members}
        for name, content in self._contents.items():
            if isinstance(content, bytes):
                self._digests[name] = digest_of(content)
        if self._digests:
            found = Media.objects.filter(project=self.project, sha256__in=set(self._digests.values()))
            self._known = {media.sha256: media for media in found.order_by("-pk")}

    def take(self, member: FileMember) -> Media:
        """The image of a member. Raises MemberProblem or DomainError for one that cannot be taken."""
        content = self._contents.pop(member.name)
        if not isinstance(content, bytes):
            raise content
        digest = self._digests[member.name]
        if digest not in self._known:
            info = check_image(member.name, content)
            media = keep_image(
                project=self.project, name=member.name, data=content, digest=digest, info=info, by=self.by
            )
            self._known[digest] = self.stored[media.key] = media
        return self._known[digest]

    def save(self, used: set[str]) -> None:
        """Write the rows of new images that tasks will show, in one statement."""
        Media.objects.bulk_create(media for key, media in self.stored.items() if key in used)


def _content(member: FileMember) -> bytes | MemberProblem | DomainError:
    try:
        with member.open() as stream:
            return read_content(member.name, stream)
    except (MemberProblem, DomainError) as problem:
        return problem
