"""What went wrong, in words, for everything that the window itself can meet: problems, conversations and exports.

It shows nothing.
"""

from __future__ import annotations

from desktop_app.conversations import ConversationsError
from desktop_app.exporting import ExportFailed
from desktop_app.problems import Problem, explain


def problem_of(error: BaseException) -> Problem:
    """What happened, what is safe and what to do, for any exception."""
    if isinstance(error, ConversationsError):
        return Problem("Your conversations cannot be used", str(error))
    if isinstance(error, ExportFailed):
        return Problem("The conversation was not exported", str(error))
    return explain(error)
