"""Mail addresses and telephone numbers that an author typed as plain text, as links."""

from __future__ import annotations

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

TOKEN = re.compile(r"(<[^>]*>)")
# At most 64 characters before the sign (RFC 5321, 4.5.3.1.1): without an end, a long word would take seconds.
MAIL = r"(?P<mail>[\w.+-]{1,64}@(?:[\w-]+\.)+[^\W\d_]{2,})"
# With an area code (0 and two digits: 0 and one is a day or a month), since digits alone may be anything; after
# other digits it is a part of an account number.
PHONE = r"(?P<phone>(?<![\w+./=-])(?<!\d )(?:\+\d\d|\(?0[1-9]\d)[\d\xa0 /()–-]{4,18}\d(?![\w./-]*\d))"
CONTACT = re.compile(f"{MAIL}|{PHONE}")


@register.filter
def contact_links(html: str) -> SafeString:
    """`html` (rich text as Wagtail renders it, thus safe) with a link around each address and number that has none.

    The link's name is the address itself: it says where the link leads, and it can be copied.
    """
    parts = []
    linked = False
    for token in TOKEN.split(html):
        if token.startswith("<"):
            if re.match(r"</?a\b", token):
                linked = not token.startswith("</")
        elif not linked:
            token = CONTACT.sub(_link, token)
        parts.append(token)
    return mark_safe("".join(parts))


def _link(found: re.Match[str]) -> str:
    if address := found["mail"]:
        return f'<a href="mailto:{address}">{address}</a>'
    number = found["phone"]
    digits = re.sub(r"\(0\)|\D", "", number)
    return f'<a href="tel:{"+" if number.startswith("+") else ""}{digits}">{number}</a>'
