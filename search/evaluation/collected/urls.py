"""No address: nothing is served from a collection's database."""

urlpatterns: list[object] = []
