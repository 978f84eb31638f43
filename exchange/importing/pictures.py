"""Images and recordings of an archive: read, looked for among those of the project, checked, stored."""

from collections.abc import Iterable

from accounts.errors import DomainError
from accounts.models import User
from formats.incoming import FileMember, MemberProblem
from projects.models import Media, Project
from projects.services.media import check_file, digest_of, keep_file, read_content


class Pictures:
    """The files of the batch at hand. ``stored``: by key, those that were not known before it."""

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
        """The file of a member. Raises MemberProblem or DomainError for one that cannot be taken."""
        content = self._contents.pop(member.name)
        if not isinstance(content, bytes):
            raise content
        digest = self._digests[member.name]
        if digest not in self._known:
            found = check_file(member.name, content, deep=True)
            media = keep_file(
                project=self.project, name=member.name, data=content, digest=digest, found=found, by=self.by
            )
            self._known[digest] = self.stored[media.key] = media
        return self._known[digest]

    def save(self, used: set[str]) -> None:
        """Write the rows of new files that tasks will show, in one statement."""
        Media.objects.bulk_create(media for key, media in self.stored.items() if key in used)


def _content(member: FileMember) -> bytes | MemberProblem | DomainError:
    try:
        with member.open() as stream:
            return read_content(member.name, stream)
    except (MemberProblem, DomainError) as problem:
        return problem
