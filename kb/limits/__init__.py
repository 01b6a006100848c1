"""How much one visitor may ask of the site, and how much the site takes on at once."""

from kb.limits.admission import place
from kb.limits.asking import measuring_key, seconds_to_wait, seconds_to_wait_for_login

__all__ = ["measuring_key", "place", "seconds_to_wait", "seconds_to_wait_for_login"]
