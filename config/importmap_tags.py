"""Template tags `{% importmap %}` and `{% modulepreload "js/pages/label.js" %}`."""

from django import template

register = template.Library()
