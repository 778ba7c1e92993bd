"""Recency, frequency and sums of a store's buyers, 1 to 5 each, and the group that they make.

Scores are quintiles by rank within the store, ties broken by their average rank; a store with
fewer than 50 buyers has fixed thresholds instead. `storage.rfm` works them out.
"""

from datetime import timedelta

FEWEST = 50
"""Buyers by which quintiles begin to say something."""
YEAR = timedelta(days=365)
"""How far back orders are counted and summed up."""
RECENCY_DAYS = (180, 90, 60, 30)
"""In a small store: bought so many days ago or less scores 2, 3, 4, 5."""
FREQUENCY_COUNTS = (2, 3, 4, 5)
MONETARY_UNITS = (50, 100, 200, 500)
"""In whole units of the store's currency."""
ANY = range(1, 6)
GROUPS = (
    ("champions", range(4, 6), range(4, 6)),
    ("cant_lose", range(1, 2), range(4, 6)),
    ("at_risk", range(1, 3), range(3, 6)),
    ("loyal", ANY, range(4, 6)),
    ("potential", range(4, 6), range(2, 4)),
    ("new", range(5, 6), range(1, 2)),
    ("hibernating", range(1, 3), range(1, 3)),
    ("promising", ANY, ANY),
)
"""Each group with its scores of recency and of frequency; the first that fits has the buyer,
so that where descriptions overlap the most special one wins."""
