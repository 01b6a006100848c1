"""Pictures for readers: Wagtail's renditions, and nothing else that lies in the media folder.

Documents go through Wagtail's view, which asks who may read them; uploaded originals are for the admin only.
"""

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# A rendition's name holds the picture's own name and a hash of its focal point; a new picture gets a new name.
CACHE_SECONDS = 7 * 24 * 3600


@require_safe
def rendition(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the folder images/ below MEDIA_ROOT. Raises Http404 for anything outside it."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT / "images"))
    if isinstance(response, FileResponse):
        response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
