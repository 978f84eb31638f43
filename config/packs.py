"""Which modules travel together, so that a page asks for a handful of files instead of a hundred.

Some are named here: what every page has, the labeling component, its surfaces. Then each module that is
asked for by its address (by a page, or later by another module) is one, with all that only it needs. What
several of these share travels alone. The sources know nothing of this: tags of templates ask for the packs
(config/importmap_tags.py), and `import()` in a pack finds its file in a table of the page.
"""

from collections.abc import Iterator, Mapping

from config.pack_js import LOADER, Module, Packed, PackError, make_pack, read_module, source_map

# Taken out first, in this order, with all they need. They run wherever one of their modules is needed, so
# none of them may do more than define something, but for the first, which every page asks for itself.
COMMON = {
    "js/ui/focus.js": (LOADER, "js/core/numbers.js"),
    "js/label/component.js": (
        "js/core/ahead.js",
        "js/core/codepoints.js",
        "js/core/drawn-rows.js",
        "js/core/state-node.js",
        "js/label/listbox.js",
        "js/label/region-values.js",
        "js/label/regions.js",
        "js/pages/label/database.js",
        "js/pages/label/server.js",
        "js/pages/label/tabs.js",
    ),
    "js/surfaces/image/index.js": (
        "js/label/image-objects/coordinates.js",
        "js/label/image-objects/panel.js",
        "js/label/image-objects/summary.js",
        "js/label/image-objects/tool.js",
        "js/surfaces/image/polygons.js",
    ),
    "js/labeltypes/span/index.js": ("js/label/ranges.js", "js/label/region-panel.js"),
    "js/pages/label/index.js": ("js/pages/label/dialogs.js", "js/pages/label/summaries.js"),
    "js/pages/ontology/editor.js": ("js/pages/ontology/document.js", "js/pages/ontology/preview.js"),
}
# What the labeling component imports by the name of a kind.
BY_KIND = ("js/labeltypes/", "js/surfaces/")


class Packs:
    """The modules of a site, sorted into packs; raises PackError where that cannot be done."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.modules = {name: read_module(name, source) for name, source in sources.items()}
        self.homes: dict[str, str] = {}
        self._sort()

    def _sort(self) -> None:
        for main, more in COMMON.items():
            if main in self.modules:
                for name in self.graph(*more, main):
                    self.homes.setdefault(name, main)
        mains = self.mains()
        users = self._users(mains)
        for name in sorted(self.modules.keys() - self.homes.keys() - users.keys()):
            self.graph(name)  # nobody asks for it but those that it needs itself: a circle
        for name, those in users.items():
            self.homes[name] = those[0] if len(those) == 1 and name not in mains else name

    def _users(self, mains: list[str]) -> dict[str, list[str]]:
        """Of each module that has no home yet, what needs it."""
        found: dict[str, list[str]] = {}
        for main in mains:
            for name in self.graph(main):
                if name not in self.homes:
                    found.setdefault(name, []).append(main)
        return found

    def mains(self) -> list[str]:
        """What is asked for by address: modules that nobody imports, and those imported later."""
        imported = {name for module in self.modules.values() for name in module.imports}
        later = {name for module in self.modules.values() for name in module.later}
        return [name for name in self.modules if name in later or name not in imported]

    def graph(self, *mains: str) -> list[str]:
        """What modules need, themselves last, in the order in which a browser would run it."""
        done: dict[str, None] = {}
        open_: list[str] = []

        def visit(name: str) -> None:
            if name in open_:
                raise PackError(f"Modules import each other in a circle: {' → '.join([*open_, name])}")
            if name in done or "/vendor/" in name or not name.startswith("js/"):
                return
            if name not in self.modules:
                raise PackError(f"{open_[-1]} imports {name}, which does not exist")
            open_.append(name)
            for needed in self.modules[name].imports:
                visit(needed)
            done[open_.pop()] = None

        for main in mains:
            visit(main)
        return list(done)

    def members(self, main: str) -> list[Module]:
        """The modules of one pack, in the order in which they run."""
        names = self.graph(*COMMON.get(main, ()), main)
        return [self.modules[name] for name in names if self.homes[name] == main]

    def needs(self) -> dict[str, list[str]]:
        """For each pack the files that must have run before it: other packs, vendored modules by name."""
        return {
            main: sorted(
                {self.homes.get(name, name) for one in self.members(main) for name in one.imports} - {main}
            )
            for main in set(self.homes.values())
        }

    def later(self) -> list[str]:
        """The packs that modules ask for while they run."""
        named = {name for module in self.modules.values() for name in module.later}
        by_kind = {name for name in self.homes if name.startswith(BY_KIND) and name.endswith("/index.js")}
        return sorted(name for name in named | by_kind if self.homes.get(name) == name)

    def moved(self) -> dict[str, str]:
        """Of each module that is in the file of another: which."""
        return {name: home for name, home in self.homes.items() if name != home}

    def files(self) -> Iterator[tuple[str, str, str]]:
        """Yield of each pack its name, its text and its source map."""
        wanted: dict[str, set[str]] = {}
        for module in self.modules.values():
            for name in module.imports:
                if self.homes.get(name, self.homes[module.name]) != self.homes[module.name]:
                    wanted.setdefault(self.homes[name], set()).add(name)
        for main in sorted(set(self.homes.values())):
            packed: Packed = make_pack(main, self.members(main), wanted.get(main, ()))
            map_name = f"{main.rpartition('/')[2]}.map"
            yield main, f"{packed.text}\n//# sourceMappingURL={map_name}\n", source_map(main, packed.lines)
