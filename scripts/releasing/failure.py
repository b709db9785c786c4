"""The one error that ends a release early: a sentence, and the remedy."""


class Failure(Exception):
    """The failed request, and a hint that mends it."""

    def __init__(self, message, hint=""):
        super().__init__(message)
        self.hint = hint

    def __str__(self):
        return f"error: {self.args[0]}" + (f"\nhint: {self.hint}" if self.hint else "")
