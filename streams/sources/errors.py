"""What can be wrong with an input as a whole. One bad line is never an error: it is rejected with its reason."""

from streams.errors import Refusal


class InputError(Refusal):
    """The input cannot be read. The message names the place and the cure, for a person."""
