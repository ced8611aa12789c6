"""Specifies the tree of files: rows in the order of the service, read when opened, however many and however deep."""

from __future__ import annotations

from backup_tui.models.browse import BrowseItem
from backup_tui.restore.files.places import Place
from backup_tui.ui.files.tree import ROOT, Tree, is_rest, parents_of, whose_rest


def item(name: str, kind: str) -> BrowseItem:
    return BrowseItem(item_key=f"key of {name}", name=name, type=kind)


def library() -> tuple[Tree, Place]:
    tree = Tree()
    top = Place("", item("Site", "site"))
    tree.start([top, Place("/Team area", item("Team area", "site"))])
    documents = top.inside(item("Documents", "documentLibrary"))
    tree.add(ROOT, [documents])
    tree.nodes[ROOT].more = False
    return tree, documents


def test_what_was_not_read_has_a_row_of_its_own() -> None:
    tree, documents = library()
    tree.nodes["/Documents"].opened = True
    tree.add("/Documents", [documents.inside(item("a.docx", "file"))])
    *_, rest, team = tree.rows()
    assert tree.rows()[:2] == ["/Documents", "/Documents/a.docx"]
    assert (is_rest(rest), whose_rest(rest), team) == (True, "/Documents", "/Team area")
    tree.nodes["/Documents"].more = False
    tree.touch()
    assert not any(map(is_rest, tree.rows()))


def test_a_closed_place_keeps_what_was_read() -> None:
    tree, documents = library()
    tree.nodes["/Documents"].opened = True
    tree.add("/Documents", [documents.inside(item("a.docx", "file"))])
    tree.close("/Documents")
    assert tree.rows() == ["/Documents", "/Team area"]
    assert list(tree.nodes["/Documents"].children) == ["/Documents/a.docx"]


def test_five_thousand_files_and_two_thousand_folders_deep() -> None:
    tree, place = library()
    tree.nodes[place.path].opened = True
    tree.add(place.path, [place.inside(item(f"{number}.docx", "file")) for number in range(5_000)])
    for number in range(2_000):
        inside = place.inside(item(f"f{number}", "folder"))
        tree.add(place.path, [inside])
        tree.nodes[place.path].more = False
        place = inside
        tree.nodes[place.path].opened = True
    assert len(tree.rows()) == 1 + 5_000 + 2_000 + 1 + 1


def test_the_places_above_a_path_begin_with_the_site() -> None:
    assert parents_of("/Documents/Budget/a.docx") == (ROOT, "/Documents", "/Documents/Budget")
    assert parents_of("/Documents") == (ROOT,)
