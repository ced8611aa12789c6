"""Specifies what links out of mails propose, and that what lists print in short is taken when it names one unit."""

from __future__ import annotations

import pytest
from listed_units import listed

from backup_tui.models.services import Service
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.restore.names.resolve import NoneKnown, Reason, Resolution, resolve
from backup_tui.restore.names.unit_index import UnitIndex

HOST = "https://contoso.sharepoint.com"
MY = "https://contoso-my.sharepoint.com"


SITES = UnitIndex(
    [
        listed("root", HOST, "Home"),
        listed("finance", f"{HOST}/sites/Finance", "Finance"),
        listed("emea", f"{HOST}/sites/finance-emea", "Finance EMEA"),
        listed("team", f"{HOST}/teams/finance", "Finance"),
        listed("spaced", f"{HOST}/sites/A B", "A B"),
        listed("here", f"{HOST}/sites/twice", "Twice"),
        listed("there", "https://contosoeur.sharepoint.com/sites/twice", "Twice"),
    ]
)
PEOPLE = UnitIndex(
    [
        listed("1ad29826-30ad-47ef-ad2b-b45d6ca8e1af", "adele.vance@contoso.com", "Adele Vance"),
        listed("1ad29826-40ad-47ef-ad2b-b45d6ca8e1af", "lee.gu@contoso.com", "Lee Gu"),
        listed("2ad29826-40ad-47ef-ad2b-b45d6ca8e1af", "lee.gu@fabrikam.com", "Lee Gu", deleted=True),
    ]
)
ADELE, LEE, OTHER_LEE = PEOPLE.units


def sites(text: str) -> Resolution:
    return resolve(parse_unit_list(text), SITES, Service.SHAREPOINT)


def people(text: str) -> Resolution:
    return resolve(parse_unit_list(text), PEOPLE, Service.ONEDRIVE)


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcontoso.sharepoint.com%2Fsites%2Ffinance"
         "%2FShared%2520Documents&data=05%7C02%7Cadele.vance%40contoso.com%7C0&reserved=0", "finance"),
        ("https://nam02.safelinks.protection.outlook.com/ap/w-59584e83/?url=https%3A%2F%2Fcontoso.sharepoint.com%2F"
         "%3Af%3A%2Fs%2Ffinance-emea%2FEabc&data=05", "emea"),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__contoso.sharepoint.com_sites_finance-2Demea_x&d=DwM",
         "emea"),
        ("https://urldefense.com/v3/__https://contoso.sharepoint.com/teams/finance__;!!abc!d$", "team"),
        ("https://www.google.com/url?q=https://contoso.sharepoint.com/sites/finance/x&sa=D", "finance"),
        ("https://teams.microsoft.com/l/file/1?objectUrl=https%3A%2F%2Fcontoso.sharepoint.com%2Fteams%2Ffinance%2Fx.docx",
         "team"),
        (f"{HOST}/:f:/s/finance/Abc123?e=x", "finance"),
        (f"{HOST}/:w:/r/sites/finance/_layouts/15/Doc.aspx?sourcedoc=x&web=1", "finance"),
        (f"{HOST}/:x:/t/finance/Abc", "team"),
        (f"{HOST}:443/sites/finance", "finance"),
        (f"{HOST}:443/sites/finance/Shared%20Documents", "finance"),
        (f"{HOST}/sites/A%2520B", "spaced"),
        (f"{HOST}/sites/finance/Shared Documents/Forms/AllItems.aspx?id=%2Fsites%2Ffinance%2FShared", "finance"),
        (f"{HOST}/sites/finance-emea/_layouts/15/viewlsts.aspx", "emea"),
        (f"{HOST}/_layouts/15/sharepoint.aspx", "root"),
        (f"{HOST}/sites/finance and more", "finance"),
        ("sites/finance", "finance"),
        ("/sites/finance-e…ea", "emea"),
    ],
)  # fmt: skip
def test_the_site_of_a_link_is_proposed_and_never_taken(link: str, site: str) -> None:
    resolution = sites(link)
    assert resolution.found == ()
    assert [(problem.reason, problem.nearest) for problem in resolution.problems] == [(Reason.NO_SUCH, site)]


def test_a_link_into_a_site_that_is_not_known_does_not_propose_the_home_site() -> None:
    (problem,) = sites(f"{HOST}/sites/unknown/Shared%20Documents").problems
    assert problem.nearest is None


@pytest.mark.parametrize(
    "link",
    [
        f"{MY}/:f:/g/personal/adele_vance_contoso_com/Ex?e=1",
        f"{MY}/my?id=%2Fpersonal%2Fadele%5Fvance%5Fcontoso%5Fcom%2FDocuments",
        f"{MY}/personal/adele_vance_contoso_com",
        f"{MY}/:f:/p/adele.vance/Ex",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcontoso-my.sharepoint.com%2Fpersonal%2F"
        "adele_vance_contoso_com&data=05",
    ],
)
def test_the_account_of_a_link_is_proposed_and_never_taken(link: str) -> None:
    (problem,) = people(link).problems
    assert problem.nearest == ADELE


@pytest.mark.parametrize(
    "text",
    ["CONTOSO\\adele.vance", "adele.va…contoso.com", "adel…nce", "#adele.vance@contoso.com",
     "Vance, Adele", "adele.vance%40contoso.com",
     "mailbox=adele.vance@contoso.com", "adele.vance@contoso.onmicrosoft.com", "adele.vance@contoso"],
)  # fmt: skip
def test_half_an_address_is_proposed_and_never_taken(text: str) -> None:
    (problem,) = people(text).problems
    assert problem.nearest == ADELE


@pytest.mark.parametrize("text", ["adele.vance", "Adele.Vance", " adele.vance "])
def test_an_account_is_found_as_lists_print_it_below_their_domain(text: str) -> None:
    assert [found.unit_id for found in people(text).found] == [ADELE]


@pytest.mark.parametrize(
    ("text", "unit_id"),
    [("2ad29826", OTHER_LEE), ("2AD29826", OTHER_LEE), ("1ad29826-30", ADELE), ("- 2ad29826", OTHER_LEE)],
)
def test_the_first_characters_of_an_id_name_its_unit(text: str, unit_id: str) -> None:
    assert [found.unit_id for found in people(text).found] == [unit_id]


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("/sites/finance", "finance"),
        ("/sites/FINANCE/", "finance"),
        ("/teams/finance", "team"),
        ("* /sites/A B", "spaced"),
    ],
)
def test_the_path_of_a_site_names_it(text: str, site: str) -> None:
    assert [found.unit_id for found in sites(text).found] == [site]


@pytest.mark.parametrize(
    "title", ["HR @ Contoso", 'The "best"', "R&D/Legal", "کتاب\u200cخانه", "Zoe\u0308 Team", "#beacon"]
)
def test_a_display_name_is_found_as_it_is_written(title: str) -> None:
    index = UnitIndex([listed("one", f"{HOST}/sites/one", title), listed("two", f"{HOST}/sites/two", "Two")])
    resolution = resolve(parse_unit_list(f"{HOST}/sites/two\n{title}"), index, Service.SHAREPOINT)
    assert [found.unit_id for found in resolution.found] == ["two", "one"]


def test_what_is_short_and_names_several_offers_each_with_its_id_address_name_and_state() -> None:
    (problem,) = people("1ad29826").problems
    assert (problem.reason, set(problem.candidates)) == (Reason.SEVERAL, {ADELE, LEE})
    (by_path,) = sites("/sites/twice").problems
    assert (by_path.reason, set(by_path.candidates)) == (Reason.SEVERAL, {"here", "there"})
    offered = [PEOPLE.candidate(unit_id) for unit_id in people("Lee Gu").problems[0].candidates]
    assert [(one.unit_id, one.address, one.words) for one in offered] == [
        (LEE, "lee.gu@contoso.com", "Lee Gu, protected"),
        (OTHER_LEE, "lee.gu@fabrikam.com", "Lee Gu, deleted"),
    ]


def test_a_nearest_unit_that_the_list_names_already_is_told_with_its_line() -> None:
    resolution = people("\nadele.vance@contoso.com\nadele.vanse@contoso.com")
    (problem,) = resolution.problems
    assert resolution.line_of(problem.nearest) == 2
    assert resolution.line_of(LEE) is None


def test_the_same_wrong_name_on_three_lines_is_one_name_to_put_right() -> None:
    resolution = people("x@y.com\nlee.gu@contoso.com\nX@y.com\nx@y.com")
    assert [problem.written.line for problem in resolution.problems] == [1]
    assert [(again.line, again.first_line) for again in resolution.twice] == [(3, 1), (4, 1)]
    assert resolution.count == 4


def test_only_names_of_a_foreign_domain_ask_for_the_tenant() -> None:
    foreign = people("\n".join(f"person{number}@northwind.com" for number in range(3)))
    assert foreign.none_known == NoneKnown(3, "northwind.com", 3)
    assert foreign.none_known.question("contoso.com") == (
        "None of these 3 names is in contoso.com; 3 end in northwind.com. Is this the right tenant?"
    )
    host = sites("https://fabrikam.sharepoint.com/sites/a\nhttps://fabrikam.sharepoint.com/sites/b")
    assert host.none_known == NoneKnown(2, "fabrikam.sharepoint.com", 2)
    titles = people("Anna Berg\nCarl Dahl").none_known
    assert titles is not None
    assert titles.question("contoso.com") == "None of these 2 names is in contoso.com. Is this the right tenant?"


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("nobody@contoso.com\nnowhere@contoso.com", Service.ONEDRIVE),
        ("adele.vanse@contoso.com\nlee.guu@contoso.com", Service.ONEDRIVE),
        (f"{HOST}/sites/a\n{HOST}/sites/b", Service.ONEDRIVE),
    ],
)
def test_misspelt_names_and_names_of_another_service_do_not_ask_for_the_tenant(text: str, service: Service) -> None:
    assert resolve(parse_unit_list(text), PEOPLE, service).none_known is None
