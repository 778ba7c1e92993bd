"""What the sample shops sell, and to whom."""
# ruff: noqa: E501 - a price list reads best one item a line

from typing import NamedTuple


class Item(NamedTuple):
    """A product as the merchant would type it in; prices in dollars."""

    title: str
    handle: str
    kind: str
    option: str
    variants: tuple[tuple[str, str], ...]
    grams: int
    text: str
    collection: str


MAPLE = (
    Item("Ridgeline Mug", "ridgeline-mug", "Tableware", "Glaze",
         (("Moss", "24.00"), ("Oat", "24.00"), ("Slate", "26.00")), 380,
         "A wide, low mug with a thumb rest, thrown in small batches. Holds 350 ml and keeps it warm.",
         "table"),
    Item("Linen Throw", "linen-throw", "Textiles", "Colour",
         (("Fern", "89.00"), ("Clay", "89.00"), ("Chalk", "84.00")), 900,
         "Stonewashed European linen, heavy enough for winter sofas and light enough for June.",
         "rest"),
    Item("Beeswax Candle", "beeswax-candle", "Candles", "Size",
         (("Small", "18.00"), ("Large", "32.00")), 300,
         "Pure beeswax with a cotton wick. Smells of honey, burns for forty hours.", "rest"),
    Item("Maple Serving Board", "maple-serving-board", "Kitchen", "Size",
         (("Small", "42.00"), ("Large", "64.00")), 1200,
         "One piece of sugar maple, oiled by hand. A handle to hang it by, an edge to carry bread on.",
         "table"),
    Item("Stoneware Bowl", "stoneware-bowl", "Tableware", "Glaze",
         (("Moss", "28.00"), ("Oat", "28.00"), ("Ink", "30.00")), 620,
         "For soup, for noodles, for keys by the door. Dishwasher safe.", "table"),
    Item("Hanging Fern Planter", "hanging-fern-planter", "Plants", "Finish",
         (("Terracotta", "36.00"), ("Bone", "38.00")), 1100,
         "A half-moon planter with a leather cord. The fern is not included, the hook is.", "green"),
    Item("Brass Watering Can", "brass-watering-can", "Plants", "Size",
         (("0.5 l", "58.00"), ("1 l", "74.00")), 700,
         "A long, thin spout that finds the soil between the leaves.", "green"),
    Item("Wool Floor Cushion", "wool-floor-cushion", "Textiles", "Colour",
         (("Heather", "112.00"), ("Moss", "112.00")), 2400,
         "Felted wool over a kapok core. Sits like a cushion, wears like a rug.", "rest"),
    Item("Ceramic Pour-Over", "ceramic-pour-over", "Kitchen", "Glaze",
         (("Oat", "46.00"), ("Slate", "46.00")), 540,
         "Ribs inside, so the coffee takes its time. Fits mugs and carafes alike.", "table"),
    Item("Walnut Picture Ledge", "walnut-picture-ledge", "Furniture", "Length",
         (("60 cm", "68.00"), ("90 cm", "92.00")), 1900,
         "A narrow shelf with a lip for postcards, prints and small books. Screws included.", "rest"),
    Item("Cedar Soap", "cedar-soap", "Bath", "Scent",
         (("Cedar", "9.00"), ("Rosemary", "9.00"), ("Unscented", "8.50")), 120,
         "Cold-process soap with oat milk. One bar lasts about six weeks.", "bath"),
    Item("Waffle Towel", "waffle-towel", "Bath", "Colour",
         (("Mist", "34.00"), ("Sage", "34.00")), 480,
         "Organic cotton, woven in squares that drink water and dry quickly.", "bath"),
    Item("Paper Lantern", "paper-lantern", "Lighting", "Size",
         (("Small", "48.00"), ("Large", "76.00")), 600,
         "Mulberry paper on a bamboo frame. Makes a room feel like late afternoon.", "rest"),
    Item("Terrazzo Tray", "terrazzo-tray", "Kitchen", "Shape",
         (("Round", "39.00"), ("Oblong", "44.00")), 1500,
         "Cast from marble chips and lime. Every one is different; all of them wipe clean.", "table"),
    Item("Moss Terrarium", "moss-terrarium", "Plants", "Size",
         (("Small", "54.00"), ("Large", "86.00")), 1800,
         "A closed glass garden with three kinds of moss. Water it twice a year.", "green"),
    Item("Gift Note & Ribbon", "gift-note-and-ribbon", "Extras", "Title",
         (("Default Title", "5.00"),), 30,
         "We write it by hand and tie it on. Tell us the words at checkout.", "bath"),
)  # fmt: skip

HARBOR = (
    Item("Storm Lantern", "storm-lantern", "Lighting", "Title",
         (("Default Title", "120.00"),), 1400, "Keeps burning in a gale.", "all"),
    Item("Oilskin Apron", "oilskin-apron", "Kitchen", "Size",
         (("Short", "65.00"), ("Long", "72.00")), 700, "Sheds water, flour and worse.", "all"),
    Item("Rope Doormat", "rope-doormat", "Home", "Title",
         (("Default Title", "49.00"),), 2500, "Knotted from retired mooring lines.", "all"),
)  # fmt: skip

BRAND = {
    "logo": "/cdn/shop/maple-and-moss-logo.png",
    "primary": ("#47603F", "#FAF7F1"),
    "secondary": ("#A4532F", "#FFFFFF"),
}
"""What Maple & Moss told of its looks, under Settings, Brand; Harbor Lantern told nothing."""

COLLECTIONS = {
    "table": ("At the table", "Things for meals that take their time."),
    "rest": ("For slow evenings", "Light, warmth and somewhere to sit."),
    "green": ("Green corners", "Plants, and what keeps them well."),
    "bath": ("Bath & small gifts", "Little things that are used up gladly."),
}

# First name, last name, country, locale, what the shop knows of consent.
CUSTOMERS = (
    ("Amelia", "Hart", "US", "en", "subscribed"), ("Noah", "Bergman", "US", "en", "subscribed"),
    ("Sofia", "Reyes", "US", "es", "subscribed"), ("Liam", "O'Connell", "US", "en", "not_subscribed"),
    ("Grace", "Whitfield", "US", "en", "subscribed"), ("Mateo", "Silva", "US", "es", "unsubscribed"),
    ("Hannah", "Kessler", "DE", "de", "subscribed"), ("Jonas", "Weber", "DE", "de", "subscribed"),
    ("Léa", "Fournier", "FR", "fr", "subscribed"), ("Hugo", "Marchand", "FR", "fr", "not_subscribed"),
    ("Isla", "MacLeod", "GB", "en-GB", "subscribed"), ("Oliver", "Pryce", "GB", "en-GB", "subscribed"),
    ("Zoë", "Tremblay", "CA", "fr-CA", "subscribed"), ("Ethan", "Clarke", "CA", "en-CA", "pending"),
    ("Yuki", "Tanaka", "JP", "ja", "subscribed"), ("Ruby", "Nguyen", "AU", "en-AU", "subscribed"),
    ("Priya", "Raman", "US", "en", "subscribed"), ("Daniel", "Abebe", "US", "en", "subscribed"),
    ("Chloe", "Park", "US", "en", "not_subscribed"), ("Samuel", "Adler", "US", "en", "subscribed"),
    ("Nora", "Lindqvist", "DE", "de", "subscribed"), ("Felix", "Brandt", "DE", "de", "unsubscribed"),
    ("Camille", "Aubert", "FR", "fr", "subscribed"), ("Poppy", "Ashworth", "GB", "en-GB", "subscribed"),
    ("Theo", "Barlow", "GB", "en-GB", "not_subscribed"), ("Maya", "Johansen", "US", "en", "subscribed"),
    ("Elijah", "Brooks", "US", "en", "subscribed"), ("Fatima", "Haddad", "US", "en", "subscribed"),
    ("Lucas", "Moreau", "CA", "fr-CA", "subscribed"), ("Ivy", "Chen", "CA", "en-CA", "subscribed"),
    ("Jack", "Holloway", "AU", "en-AU", "subscribed"), ("Mila", "Novak", "US", "en", "subscribed"),
    ("Owen", "Fitzgerald", "US", "en", "not_subscribed"), ("Stella", "Romano", "US", "en", "subscribed"),
    ("Caleb", "Stone", "US", "en", "subscribed"), ("Ines", "Duarte", "US", "en", "unsubscribed"),
)  # fmt: skip


def collection_number(handle: str) -> int:
    """Give the id of a collection, as the Admin API and the pixel name it."""
    return 301_200_000_000 + sum(map(ord, handle))
