"""Signing in and out on the public site, in the reader's language."""

from django.contrib.auth import views

login = views.LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True)
logout = views.LogoutView.as_view()
