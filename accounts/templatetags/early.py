"""The tag around what a page can send before the rest of it is known (accounts/early.py)."""

from django import template
from django.template import Context
from django.template.base import NodeList, Parser, Token

register = template.Library()
SENT = "head_is_sent"


class Head(Exception):
    """The head of a page, rendered alone: no error, it ends a rendering that has what it was for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Early(template.Node):
    """Renders as if it were not there, unless the head of the page is asked for alone or was sent before."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        """Render it; sent before, it leaves only what its tags noted for those after them."""
        text = self.nodelist.render(context)
        sent = context.get(SENT)
        if sent is False:
            raise Head(text)
        return "" if sent else text


@register.tag
def early(parser: Parser, _token: Token) -> Early:
    """Everything from the beginning of a page to ``{% endearly %}``."""
    nodelist = parser.parse(("endearly",))
    parser.delete_first_token()
    return Early(nodelist)
