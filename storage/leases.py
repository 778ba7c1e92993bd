"""Named leases in real time: who leads the clocks, for instance. A fence counts the holders."""

from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, update

from storage.bulk import insert_rows
from storage.schema import leases


def take(
    connection: Connection, name: str, owner: str, *, real_now: datetime, until: datetime
) -> bool:
    """Take the lease, or keep it longer, unless another owner's still runs."""
    row = {"name": name, "owner": owner, "lease_until": until, "fence": 1}
    if insert_rows(connection, leases, [row], new_only=True):
        return True
    free = or_(leases.c.owner == owner, leases.c.lease_until < real_now)
    taken = connection.execute(
        update(leases)
        .where(leases.c.name == name, free)
        .values(owner=owner, lease_until=until, fence=leases.c.fence + 1)
    )
    return taken.rowcount == 1


def give_back(connection: Connection, name: str, owner: str) -> None:
    """Let the next one have it at once, if it is still ours."""
    mine = (leases.c.name == name, leases.c.owner == owner)
    connection.execute(delete(leases).where(*mine))


def holder(connection: Connection, name: str, real_now: datetime) -> str | None:
    """Give who holds the lease now, None if nobody does."""
    query = select(leases.c.owner).where(leases.c.name == name, leases.c.lease_until >= real_now)
    return connection.execute(query).scalar_one_or_none()
