"""A translation is at least as private as the page it was made from."""

from __future__ import annotations

from wagtail.models import Page, PageViewRestriction

from kb.core.reader import reader_of
from kb.core.translating import translate
from kb.core.visibility import visible_to
from search.reader import ANONYMOUS, Reader
from tests.integration.kb.conftest import english_texts, make_private


def restrictions(page):
    return [
        (one.restriction_type, sorted(one.groups.values_list("name", flat=True)))
        for one in PageViewRestriction.objects.filter(page=page)
    ]


def test_restriction_set_on_the_source_closes_its_translation(site):
    make_private(site.section)
    assert restrictions(site.section_en) == [("login", [])]


def test_groups_follow_when_they_are_set_changed_and_taken_away(site, people):
    restriction = make_private(site.section, people.roles.members)
    assert restrictions(site.section_en) == [("groups", ["Mitglieder"])]
    restriction.groups.add(people.other_group)
    assert restrictions(site.section_en) == [("groups", ["Cluster: Andere", "Mitglieder"])]
    restriction.groups.remove(people.roles.members)
    assert restrictions(site.section_en) == [("groups", ["Cluster: Andere"])]
    restriction.groups.clear()
    assert restrictions(site.section_en) == [("groups", [])]
    people.roles.members.pageviewrestriction_set.add(restriction)
    assert restrictions(site.section_en) == [("groups", ["Mitglieder"])]


def test_kind_of_restriction_follows(site, people):
    restriction = make_private(site.section)
    restriction.restriction_type = PageViewRestriction.GROUPS
    restriction.save()
    restriction.groups.set([people.roles.members])
    assert restrictions(site.section_en) == [("groups", ["Mitglieder"])]


def test_translation_opens_when_its_source_does(site):
    make_private(site.section).delete()
    assert restrictions(site.section_en) == []


def test_translation_made_later_is_private_at_once_with_its_groups(site, english, people, make_guide):
    guide = make_guide()
    make_private(guide, people.roles.members)
    translation = translate(guide, english, english_texts(guide))
    assert translation.live
    assert restrictions(translation) == [("groups", ["Mitglieder"])]


def test_copy_without_wagtail_localize_is_private_too(site, english, make_guide):
    guide = make_guide()
    make_private(guide)
    assert restrictions(guide.copy_for_translation(english)) == [("login", [])]


def test_aliases_of_untranslated_parents_are_private(site, english, make_guide, german):
    site.section_en.delete()
    make_private(site.section)
    guide = make_guide(parent=site.section)
    alias_parent = guide.copy_for_translation(english, copy_parents=True).get_parent()
    assert alias_parent.alias_of_id == site.section.pk
    assert restrictions(alias_parent) == [("login", [])]


def test_opening_the_translation_alone_is_undone(site):
    make_private(site.section)
    PageViewRestriction.objects.get(page=site.section_en).delete()
    assert restrictions(site.section_en) == [("login", [])]


def test_restriction_of_the_translation_alone_never_reaches_the_source(site):
    make_private(site.section_en)
    assert restrictions(site.section) == []
    assert restrictions(site.section_en) == [("login", [])]


def test_deleting_the_source_opens_nothing_on_the_way(site, django_capture_on_commit_callbacks):
    """The restriction is deleted with its page; mirroring that would open the translation until it is deleted too."""
    make_private(site.section)
    with django_capture_on_commit_callbacks(execute=False):
        site.section.delete()
    assert restrictions(site.section_en) == [("login", [])]


def test_reader_sees_what_wagtail_would_serve(site, people, make_guide, rf):
    """The restriction query and Wagtail's own check agree for every kind of reader."""
    guide = make_guide(parent=site.section)
    for groups in ([], [people.roles.members]):
        PageViewRestriction.objects.filter(page=site.section).delete()
        make_private(site.section, *groups)
        for name in ("member", "stranger", "editor", "admin"):
            request = rf.get("/")
            request.user = getattr(people, name)
            served = all(one.accept_request(request) for one in guide.get_view_restrictions())
            seen = visible_to(Page.objects.filter(pk=guide.pk), reader_of(request)).exists()
            assert seen == served, (name, groups)
        assert not visible_to(Page.objects.filter(pk=guide.pk), ANONYMOUS).exists()


def test_two_restrictions_on_the_way_must_both_be_passed(site, people, make_guide):
    guide = make_guide(parent=site.section)
    make_private(site.section, people.roles.members)
    make_private(guide, people.other_group)
    for groups, sees in (([people.roles.members], False), ([people.roles.members, people.other_group], True)):
        reader = Reader(authenticated=True, group_ids=tuple(group.pk for group in groups))
        assert visible_to(Page.objects.filter(pk=guide.pk), reader).exists() is sees


def test_draft_is_visible_to_nobody(site, make_guide):
    guide = make_guide(live=False)
    assert not visible_to(
        Page.objects.filter(pk=guide.pk), Reader(authenticated=True, superuser=True)
    ).exists()
