"""What the libraries that read our input say by themselves, in sentences that we can say as well.

marshmallow's rules keep their words in their classes, to be replaced there; the others' are found
by their English text. Importing this module is enough.
"""

from typing import Final

from marshmallow import validate

from marketing.said import Said, say

validate.OneOf.default_message = say("Must be one of: {choices}.")
validate.Length.message_min = say("Shorter than minimum length {min}.")
validate.Length.message_max = say("Longer than maximum length {max}.")
validate.Length.message_all = say("Length must be between {min} and {max}.")
validate.Range.message_min = say("Must be greater than or equal to {min}.")
validate.Range.message_max = say("Must be less than or equal to {max}.")
validate.Range.message_all = say(
    "Must be greater than or equal to {min} and less than or equal to {max}."
)

THEIRS: Final[tuple[Said, ...]] = (
    say("Missing data for required field."),
    say("Unknown field."),
    say("Field may not be null."),
    say("Invalid input type."),
    say("Invalid type."),
    say("Invalid value."),
    say("Not a valid string."),
    say("Not a valid number."),
    say("Not a valid integer."),
    say("Not a valid boolean."),
    say("Not a valid date."),
    say("Not a valid datetime."),
    say("Not a valid aware datetime."),
    say("Not a valid list."),
    say("Not a valid mapping type."),
    say("Not a valid email address."),
    say("Not a valid URL."),
    say("Not a valid UUID."),
    say("Number too large."),
    say("Invalid JSON body."),
    say("The data value transmitted exceeds the capacity limit."),
    say("The method is not allowed for the requested URL."),
)
"""Texts of marshmallow, webargs and werkzeug, word for word."""
