"""What the error codes of text message providers mean, in words for merchants: tables, no program.

https://www.twilio.com/docs/api/errors, as of 2026-11-27; Plivo's are those of
`channels.sms.plivo_errors`. Each says what happened and what to do about it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from marketing.said import Said, say

CREDENTIALS = say(
    "The account ID or the token is not accepted. Paste both anew under Settings, Channels."
)
BUSY = say("The provider has too many messages waiting. Try again in some minutes.")
NO_NUMBER = say("There is no such number. Check it, or ask the customer for another one.")
NO_MOBILE = say(
    "This number takes no text messages: it is a landline, or its carrier has none. "
    "Ask for a mobile number."
)
OFF = say("The phone is switched off or out of reach. Try again later.")
SPAM = say(
    "A carrier took the message for spam. Register your sender with the provider, and send "
    "fewer links and capital letters."
)
STOPPED = say("The customer stopped your text messages. They can come back by texting START.")
BLOCKED = say(
    "The customer or the carrier lets no messages from your number through. "
    "Write to them by another channel."
)
UNTOLD = say(
    "It did not arrive, and the carrier does not say why. Try again; if it goes on, "
    "write by another channel."
)
TOO_LONG = say("The message is too long. Shorten it and send it again.")
SENDER = say(
    "Your sender may not send text messages. Choose a number of your account under "
    "Settings, Channels."
)
NO_SMS = say(
    "This number takes calls, but no text messages. Enable SMS for it in Plivo's console, or "
    "choose another number."
)
SUSPENDED = say(
    "The provider has closed or suspended your account. Its console says what it needs from you."
)
TWILIO: Mapping[int, Said] = MappingProxyType(
    {
        14107: BUSY,
        20003: CREDENTIALS,
        20005: SUSPENDED,
        20429: BUSY,
        21211: NO_NUMBER,
        21214: NO_NUMBER,
        21408: say(
            "Messages to this country are switched off in your account. Allow it in Twilio's "
            "console under Messaging, Geo permissions."
        ),
        21606: SENDER,
        21608: say(
            "A trial account writes to verified numbers only. Verify this number in Twilio's "
            "console, or upgrade the account."
        ),
        21610: STOPPED,
        21612: say(
            "Your number cannot write to this one. Use a sender that reaches the customer's "
            "country."
        ),
        21614: NO_MOBILE,
        21617: TOO_LONG,
        21705: say(
            "Twilio does not know the messaging service that you named as the sender. Check it "
            "under Settings, Channels."
        ),
        30001: BUSY,
        30002: SUSPENDED,
        30003: OFF,
        30004: BLOCKED,
        30005: NO_NUMBER,
        30006: NO_MOBILE,
        30007: SPAM,
        30008: UNTOLD,
        30032: say("Your toll-free number is not verified. Verify it in Twilio's console."),
        30034: say(
            "Your number is not registered for messages to the United States. Register it in "
            "Twilio's console (A2P 10DLC)."
        ),
    }
)
PLIVO: Mapping[int, Said] = MappingProxyType(
    {
        10: say("The provider cannot read the message. Take unusual signs out and try again."),
        20: UNTOLD,
        30: SPAM,
        40: SENDER,
        50: NO_NUMBER,
        60: say(
            "The number sends messages back to yours by itself, so no more are sent to it. "
            "Write to the customer by another channel."
        ),
        70: NO_NUMBER,
        80: OFF,
        90: say(
            "No carrier of the provider leads to this number. Write to the customer by another "
            "channel."
        ),
        100: BLOCKED,
        110: TOO_LONG,
        200: STOPPED,
        300: UNTOLD,
        420: say(
            "The phone was out of reach for too long. Try again, or write by another channel."
        ),
        900: say("Your account has no credit left. Add some in the provider's console."),
        910: SUSPENDED,
    }
)
