"""People with a login: editors, reviewers and members of the clusters.

What somebody may see is decided by Wagtail's groups alone (a group for all members, one for each cluster), so
that a page's privacy, the editor's permissions and the search ask the same question of the same rows.
"""

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):  # type: ignore[django-manager-missing]  # Wagtail names the managers of media itself
    """A person with a login. Our own model from the first migration on, since it cannot be swapped later."""

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()
