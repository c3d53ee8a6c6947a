"""An import contract: private rooms may be used by their own context only."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateRooms(Contract):
    type_name = "private_rooms"
    root = fields.StringField()
    rooms = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    without_rooms = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        bad = []
        for context in graph.find_children(self.root) - set(self.without_rooms):
            friends = [context, *self.allowed]
            for room in self.rooms:
                name = f"{context}.{room}"
                if name not in graph.modules:
                    continue
                for inner in {name} | graph.find_descendants(name):  # a room may be a package
                    bad += [
                        (importer, inner)
                        for importer in graph.find_modules_that_directly_import(inner)
                        if not any(importer == f or importer.startswith(f + ".") for f in friends)
                    ]
        return ContractCheck(kept=not bad, metadata={"bad": bad})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, inner in sorted(check.metadata["bad"]):
            output.print_error(f"{importer} must not import the private room {inner}")
