"""What Meta's error codes mean, in words for merchants: a table, no program.

The codes are those of `channels.meta_errors` and `channels.whatsapp_errors`, where their sources
stand. Each says what happened and what to do about it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from channels.meta_errors import ANY
from marketing.said import Said, say

TOKEN = say(
    "The access token is not accepted any more. Make a new one at Meta and paste it under "
    "Settings, Channels."
)
PERMISSION = say(
    "Your app lacks a permission that this needs. Grant it in your app at Meta, make a new token "
    "and paste it under Settings, Channels."
)
FAULT = say("Meta had a fault of its own. Try again in some minutes.")
BUSY = say("Meta takes no more messages of yours just now. Try again in some minutes.")
PART = say(
    "Meta does not take a part of the message, such as a button or a link. Check it, and send it "
    "again without that part."
)
WINDOW = say(
    "The time to answer here is over. Wait until the customer writes again, or write by another "
    "channel."
)
LED = say("Another app or Meta's own inbox leads this conversation. Answer there, or take it over.")
NOBODY = say("Meta knows this person no more. Write to them by another channel.")
AWAY = say("This person takes no messages from you just now. Write to them by another channel.")
COMMENT = say("This comment cannot be answered privately any more. Answer it below the post.")
BLOCKED = say(
    "Meta has restricted your account for breaking a policy. Its quality pages say which, and how "
    "to object."
)
NUMBER = say("Your number is not registered for WhatsApp. Register it in WhatsApp Manager.")
TEMPLATE = say(
    "What the template's blanks were filled with does not fit it. Fill them in anew, or sync the "
    "templates under Settings, Channels."
)
NO_TEMPLATE = say(
    "Meta does not let this template out: it is missing, paused or disabled. Choose another, or "
    "mend it in WhatsApp Manager."
)
FILE = say("A file of the message could not be fetched. Check its address and its size.")
MESSAGE = say("WhatsApp does not take this kind of message. Send it as text.")
GONE_FLOW = say("The template's form is blocked or paused. Mend it in WhatsApp Manager.")

META: Mapping[tuple[int, int], Said] = MappingProxyType(
    {
        (0, 0): TOKEN,
        (1, 0): FAULT,
        (2, 0): FAULT,
        (3, 0): PERMISSION,
        (4, 0): BUSY,
        (10, 0): PERMISSION,
        (17, 0): BUSY,
        (27, 0): say(
            "No app is set as the page's default, so conversations cannot be taken back. Set one "
            "in the page's settings, under advanced messaging."
        ),
        (32, 0): BUSY,
        (100, 0): PART,
        (102, 0): TOKEN,
        (190, 0): TOKEN,
        (368, 0): BLOCKED,
        (613, 0): BUSY,
        (80007, 0): BUSY,
        **{(code, 0): PERMISSION for code in range(200, 300)},
        (10, 2018278): WINDOW,
        (10, 2534022): WINDOW,
        (10, 2018108): AWAY,
        (ANY, 2018300): LED,
        (100, 2534037): LED,
        (ANY, 2018321): say(
            "Messenger's own greeting still asks this person its questions. Try again in some "
            "minutes."
        ),
        (ANY, 2018171): say(
            "Your app is in trial, and writes to its own testers only. Have Meta review it, or add "
            "this person as a tester."
        ),
        (10, 1893063): say(
            "Meta has restricted your page for a while. The page's quality tab says until when."
        ),
        (100, 2018001): NOBODY,
        (100, 2534014): NOBODY,
        (100, 1893061): WINDOW,
        (551, 0): AWAY,
        (1200, 0): FAULT,
        (10900, 0): COMMENT,
        (10902, 0): COMMENT,
        (10903, 0): COMMENT,
        (130429, 0): BUSY,
        (130472, 0): say(
            "Meta holds this person's marketing messages back for a trial of its own. Write to "
            "them by another channel."
        ),
        (130497, 0): say(
            "Meta does not let your business write to this country. Write by another channel."
        ),
        (131000, 0): FAULT,
        (131005, 0): PERMISSION,
        (131008, 0): TEMPLATE,
        (131009, 0): TEMPLATE,
        (131016, 0): FAULT,
        (131026, 0): say(
            "This number has no WhatsApp, or an old version of it. Write to the customer by "
            "another channel."
        ),
        (131030, 0): say(
            "A test number writes to its own list only. Add this number to the list in your app, "
            "or use a number of your own."
        ),
        (131031, 0): BLOCKED,
        (131037, 0): say(
            "The number's display name is not approved yet. WhatsApp Manager says what is missing."
        ),
        (131042, 0): say(
            "Meta could not charge your account. Check the way of payment in WhatsApp Manager."
        ),
        (131045, 0): NUMBER,
        (131047, 0): WINDOW,
        (131048, 0): say(
            "Too many people blocked or reported your messages, so Meta holds them back for a "
            "day. Write less, and only to those who asked for it."
        ),
        (131049, 0): say(
            "Meta holds this message back, so that nobody gets too much marketing. Try again "
            "in some days, or write by another channel."
        ),
        (131050, 0): say(
            "The customer stopped your marketing messages in WhatsApp. They can allow them again "
            "there."
        ),
        (131051, 0): MESSAGE,
        (131052, 0): FILE,
        (131053, 0): FILE,
        (131056, 0): say(
            "Too many messages went to this person within seconds. Try again in some minutes."
        ),
        (131057, 0): say("Meta works on your account just now. Try again in some minutes."),
        (131062, 0): say(
            "This message goes to phone numbers only, and the customer's is not known. Ask them "
            "for it."
        ),
        (131063, 0): say(
            "Your account sends marketing by Meta's Marketing Messages only. Switch them on for "
            "this number in WhatsApp Manager."
        ),
        (131064, 0): say(
            "Templates of yours had a wrong category too often. Mend their categories in WhatsApp "
            "Manager."
        ),
        (132000, 0): TEMPLATE,
        (132001, 0): NO_TEMPLATE,
        (132005, 0): say("Filled in, the template is too long. Use shorter words in its blanks."),
        (132007, 0): NO_TEMPLATE,
        (132008, 0): TEMPLATE,
        (132012, 0): TEMPLATE,
        (132015, 0): NO_TEMPLATE,
        (132016, 0): NO_TEMPLATE,
        (132068, 0): GONE_FLOW,
        (132069, 0): GONE_FLOW,
        (133004, 0): FAULT,
        (133010, 0): NUMBER,
        (135000, 0): PART,
    }
)
