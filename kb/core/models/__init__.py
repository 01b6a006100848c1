from kb.core.models.base import BasePage, IndexPage
from kb.core.models.home import HomePage
from kb.core.models.identity import SiteIdentity
from kb.core.models.media import LotseDocument, LotseImage, LotseRendition
from kb.core.models.news import NewsIndexPage, NewsPage
from kb.core.models.plain import ContentPage
from kb.core.models.taxonomy import TaskArea

__all__ = [
    "BasePage",
    "ContentPage",
    "HomePage",
    "IndexPage",
    "LotseDocument",
    "LotseImage",
    "LotseRendition",
    "NewsIndexPage",
    "NewsPage",
    "SiteIdentity",
    "TaskArea",
]
