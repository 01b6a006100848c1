"""Text that becomes part of a LIKE pattern."""


def like_escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def like_prefix(text: str) -> str:
    """Pattern for what begins with `text`."""
    return like_escape(text) + "%"


def like_inside(text: str) -> str:
    """Pattern for what contains `text`."""
    return f"%{like_escape(text)}%"
