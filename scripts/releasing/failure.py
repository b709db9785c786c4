"""The one way in which a release ends early: a sentence, and what to do."""


class Failure(Exception):
    """What was wanted and could not be had, and a hint that mends it."""

    def __init__(self, message, hint=""):
        super().__init__(message)
        self.hint = hint

    def __str__(self):
        return f"error: {self.args[0]}" + (f"\nhint: {self.hint}" if self.hint else "")
