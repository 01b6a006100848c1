"""Random sites: pages in a tree, closed in every way there is, with words that are easily taken for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from uuid import uuid4

from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from accounts.models import User
from kb.core.models import TaskArea
from tests.searchable.factories import home, restrict
from tests.searchable.models import Note

# Forms of one word, compounds with it, words that differ from it by a slip: what a search confuses or connects.
FAMILIES = [
    "Netzwerk Netzwerke Netzwerken NETZWERK Netzwerkfrühstück Netzwerkabend Netzwerktreffen Hafennetzwerk Nezwerk",
    "Antrag Anträge Antrags ANTRAG Förderantrag Fördermittelantrag Antragsfrist Antragsteller Auftrag Antreg",
    "Mitglied Mitglieder Mitgliedern Mitgliedergewinnung Mitgliedsbeitrag Mitgliederversammlung Mitgleid",
    "Gewinn Gewinne gewinnen Gewinner Gewinnung Gewinnspiel gewonnen Gewinnen",
    "Hafen Häfen Hafens Hafenrundfahrt Hafenfest Binnenhafen Hafner",
    "Beitrag Beiträge Beitrags Beitragsordnung Jahresbeitrag Beitreg Betrag Beträge",
    "Zinnober Zinnobers Zinnoberrot Zinober Zinnoper Zinnobär Bergzinnober Zinnoberwerk",
    "Quarzsand Quarzsande QuarzSand Quarzsands Quartsand Quarzband Quarzsandgrube Sandquarz",
    "Frühstück Frühstücke frühstücken Frühstücksrunde Frühstuck Spätstück",
    "Förderung Fördermittel fördern Förderer Forderung Fördermittelberatung",
]
FAMILIES_EN = [
    "network networks networking NETWORK networked netwerk",
    "application applications applicant applying applicaton",
    "member members membership memberships membar",
    "cinnabar cinnabars cinnaber cinabar",
    "harbour harbours harbor harbored",
    "breakfast breakfasts breakfest",
]
GERMAN = [family.split() for family in FAMILIES]
ENGLISH = [family.split() for family in FAMILIES_EN]
KINDS = ["guide", "template", "news"]
AREAS = ["0b6d4b1e-6f3f-5d0b-9a3e-0f5d5d0c0a01", "0b6d4b1e-6f3f-5d0b-9a3e-0f5d5d0c0a02", ""]
"""translation keys of two task areas, and none"""
READERS = ["anonymous", "outsider", "a", "b", "both", "editor", "superuser"]

WAYS = ["open", "login", "a", "b", "ab", "draft", "expired", "outside", "alias"]
"""How a page is closed: to all but who is signed in, members of a group or of one of two; for everybody."""
CHANCES = [42, 8, 12, 8, 5, 8, 7, 5, 5]


@dataclass(frozen=True)
class PageSpec:
    parent: int | None
    """place of an earlier page; None: the home page"""
    way: str
    title: str
    text: str
    keywords: str
    kind: str
    task_area: str
    complements: int | None
    alias_of: int | None
    translation: PageSpec | None


@dataclass(frozen=True)
class WorldSpec:
    pages: tuple[PageSpec, ...]
    when: str
    """"before", "after" or "unswept": the pages are closed before they are indexed, after it and a sweep follows, or
    after it and nothing follows"""
    approximate: bool
    """vectors by an HNSW index, whatever their number"""
    narrow: bool
    """lists that search cuts are cut so short that what is hidden could displace what is seen"""
    never_there: bool
    """compared with an index whose vocabulary never had the hidden pages' words; else with one that remembers them, as
    it does those of deleted pages"""
    questions: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """(question, reader's language, filters)"""
    typed: tuple[tuple[str, str], ...]


def draw(random: Random, *, questions: int = 30, most_pages: int = 16) -> WorldSpec:
    """A world. The same generator gives the same world."""
    # Few families, so that hidden and visible pages meet in the same words.
    german = random.sample(GERMAN, random.randint(2, 4))
    english = random.sample(ENGLISH, 2)
    pages: list[PageSpec] = []
    for _ in range(random.randint(6, most_pages)):
        pages.append(_page(random, pages, german, english))
    return WorldSpec(
        pages=tuple(pages),
        when=random.choice(["before", "after", "unswept"]),
        approximate=random.random() < 0.3,
        narrow=random.random() < 0.6,
        never_there=random.random() < 0.8,
        questions=tuple(_question(random, german, english) for _ in range(questions)),
        typed=tuple(_typed(random, german, english) for _ in range(questions // 3)),
    )


def _page(
    random: Random, earlier: Sequence[PageSpec], german: list[list[str]], english: list[list[str]]
) -> PageSpec:
    way = random.choices(WAYS, CHANCES)[0] if earlier else "open"
    # A visible page below a draft cannot be without it: "deleted" would mean something else there.
    fit = [
        place
        for place, page in enumerate(earlier)
        if page.way not in {"draft", "expired", "outside", "alias"} and not page.translation
    ]
    # An alias that outlives its original becomes a page of its own.
    originals = [place for place, page in enumerate(earlier) if page.way == "open" and page.parent is None]
    if way == "alias" and not originals:
        way = "open"
    parent = random.choice(fit) if fit and random.random() < 0.4 and way not in {"outside", "alias"} else None
    translation = None
    if parent is None and way not in {"outside", "alias"} and random.random() < 0.35:
        translation = _plain(random, random.choices(WAYS[:7], CHANCES[:7])[0], english)
    words = german if random.random() < 0.9 else english
    return PageSpec(
        **vars(_plain(random, way, words))
        | {
            "parent": parent,
            "complements": random.randrange(len(earlier)) if earlier and random.random() < 0.3 else None,
            "alias_of": random.choice(originals) if way == "alias" else None,
            "translation": translation,
        }
    )


def _plain(random: Random, way: str, families: list[list[str]]) -> PageSpec:
    sections = []
    for number in range(random.randint(1, 3)):
        heading = f"# {_words(random, families, 1, 2)} {{s{number}}}\n" if random.random() < 0.7 else ""
        sections.append(heading + _words(random, families, 4, 14) + ".")
    return PageSpec(
        parent=None,
        way=way,
        title=_words(random, families, 1, 3),
        text="\n".join(sections),
        keywords=_words(random, families, 0, 2),
        kind=random.choice(KINDS),
        task_area=random.choice(AREAS),
        complements=None,
        alias_of=None,
        translation=None,
    )


def _words(random: Random, families: list[list[str]], least: int, most: int) -> str:
    return " ".join(random.choice(random.choice(families)) for _ in range(random.randint(least, most)))


def _question(
    random: Random, german: list[list[str]], english: list[list[str]]
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    language = random.choice(["de", "de", "de", "en"])
    families = german if random.random() < 0.8 else english
    text = _words(random, families, 1, 3)
    form = random.random()
    if form < 0.35:
        text = _slip(random, text)
    elif form < 0.45:
        text = f'"{text}"'
    elif form < 0.55:
        text = f"{text} -{_words(random, families, 1, 1)}"
    filters = []
    if random.random() < 0.15:
        filters.append(("kind", random.choice(KINDS)))
    if random.random() < 0.15:
        filters.append(("task_area", random.choice(AREAS[:2])))
    if random.random() < 0.15:
        filters.append(("language", random.choice(["de", "en"])))
    return text, language, tuple(filters)


def _typed(random: Random, german: list[list[str]], english: list[list[str]]) -> tuple[str, str]:
    words = _words(random, german if random.random() < 0.8 else english, 1, 2)
    cut = random.randint(1, len(words))
    return words[:cut], random.choice(["de", "de", "en"])


def _slip(random: Random, text: str) -> str:
    place = random.randrange(len(text))
    other = random.choice("aeinrst")
    return random.choice(
        [
            text[:place] + text[place + 1 :] or text,
            text[:place] + other + text[place:],
            text[:place] + other + text[place + 1 :],
        ]
    )


# ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    pages: tuple[int, ...]
    """ids in the order of their making"""
    users: SimpleNamespace


def build(spec: WorldSpec) -> tuple[World, list[tuple[Page, str]]]:
    """Makes all pages, open as yet; what is to be closed is in the second value, with the way. Not indexed."""
    groups = {name: Group.objects.get_or_create(name=f"Group {name}")[0] for name in ("a", "b")}
    for key in AREAS[:2]:
        TaskArea.objects.get_or_create(
            translation_key=key, locale=home().locale, defaults={"name": f"Area {key[-1]}", "slug": key}
        )
    made: list[Note] = []
    order: list[int] = []
    close: list[tuple[Page, str]] = []
    outside = Page.get_first_root_node()
    for number, page in enumerate(spec.pages):
        if page.way == "alias":
            original = Note.objects.get(pk=made[page.alias_of or 0].pk)
            alias = original.create_alias(parent=home(), update_slug=f"alias-{number}")
            made.append(alias)
            order.append(alias.pk)
            continue
        parent = home() if page.parent is None else made[page.parent]
        complements = [] if page.complements is None else [made[page.complements].pk]
        note = _add(outside if page.way == "outside" else parent, page, number, "de", complements=complements)
        made.append(note)
        order.append(note.pk)
        close.append((note, page.way))
        if page.translation is not None:
            twin = _add(home("en"), page.translation, number, "en", translation_key=note.translation_key)
            order.append(twin.pk)
            close.append((twin, page.translation.way))
    return World(tuple(order), _people(groups)), [
        pair for pair in close if pair[1] not in {"open", "outside"}
    ]


def _add(parent: Page, spec: PageSpec, number: int, language: str, **fields: object) -> Note:
    """A live page. Without a revision, which the index asks nothing of and which takes most of the time."""
    note = Note(
        title=spec.title,
        slug=f"p{number}-{language}",
        text=spec.text,
        keywords=spec.keywords,
        kind=spec.kind,
        task_area=spec.task_area,
        locale=Locale.objects.get_or_create(language_code=language)[0],
        last_published_at=timezone.now(),
        **fields,
    )
    return Page.objects.get(pk=parent.pk).add_child(instance=note)


def _people(groups: dict[str, Group]) -> SimpleNamespace:
    found = SimpleNamespace(anonymous=None)
    members = {"outsider": [], "a": ["a"], "b": ["b"], "both": ["a", "b"], "editor": [], "superuser": []}
    for name, names in members.items():
        user, _ = User.objects.get_or_create(
            username=f"reader-{name}",
            defaults={"email": f"{name}@example.org", "is_superuser": name == "superuser"},
        )
        user.groups.set(groups[group] for group in names)
        setattr(found, name, user)
    found.editor.groups.add(Group.objects.get(name="Editors"))
    return found


def shut(close: list[tuple[Page, str]]) -> None:
    """Closes pages the way an editor does, or the clock."""
    for page, way in close:
        if way == "login":
            restrict(page)
        elif way in {"a", "b", "ab"}:
            groups = [Group.objects.get(name=f"Group {name}") for name in way]
            restrict(page, PageViewRestriction.GROUPS, *groups)
        elif way == "draft":
            Note.objects.get(pk=page.pk).unpublish()
        elif way == "expired":
            Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))


def forbidden(world: World, user: User | None) -> frozenset[int]:
    """Pages of the world that this user may not see, worked out page by page from Wagtail's rows.

    Written apart from search/retrieval/visible.sql on purpose: it is what that file is held against.
    """
    roots = {home(language).url_path for language in ("de", "en")}
    mine = set() if user is None else set(user.groups.values_list("pk", flat=True))
    closed = set()
    for page in Page.objects.filter(pk__in=world.pages):
        above = [page.path[:end] for end in range(4, len(page.path) + 1, 4)]
        for restriction in PageViewRestriction.objects.filter(page__path__in=above):
            if restriction.restriction_type == PageViewRestriction.LOGIN:
                allowed = user is not None
            else:
                allowed = user is not None and (
                    user.is_superuser or bool(mine & set(restriction.groups.values_list("pk", flat=True)))
                )
            if not allowed:
                closed.add(page.pk)
        expired = page.expire_at is not None and page.expire_at <= timezone.now()
        if not page.live or expired or not any(page.url_path.startswith(root) for root in roots):
            closed.add(page.pk)
    return frozenset(closed)


def remove(pages: frozenset[int]) -> None:
    """Deletes pages, all at once, and nothing else."""
    before = set(Page.objects.values_list("pk", flat=True))
    # A source takes its translations with it; one that had never been there would not.
    for page in pages:
        Page.objects.filter(pk=page).update(translation_key=uuid4())
    Note.objects.filter(pk__in=pages).delete()
    gone = before - set(Page.objects.values_list("pk", flat=True))
    assert gone == pages, f"a visible page went with a hidden one: {gone - pages}"
