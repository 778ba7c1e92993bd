"""/panel/api/team and /audit: who works in the panel, what each may do, and who did what."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors import audit as audited
from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from marketing.said import say
from marketing.team import RIGHTS, Role, role_of_newcomers
from storage import Connection, audit, stores, team
from storage.team import Member

blueprint = api_blueprint("team")
LONGEST_NAME = 80
PAGE = 50
LATELY = timedelta(days=60)
"""Who has not come for longer does not count as somebody who can let others in."""


class MemberSchema(Schema):
    """One person of the team; `name` is what the merchant calls them, "" if nothing yet."""

    id = fields.String(required=True)
    user_id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    rights = fields.List(fields.String(), required=True)
    first_seen_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)


class TeamSchema(Schema):
    """The team, who came first first; `you` is the id of whoever asks."""

    you = fields.String(required=True)
    new_people = fields.Enum(Role, by_value=True, required=True)
    members = fields.List(fields.Nested(MemberSchema), required=True)


class NewPeopleSchema(Schema):
    """The role of whoever opens the panel for the first time."""

    class Meta:
        unknown = RAISE

    new_people = fields.Enum(Role, by_value=True, required=True)


class MemberFormSchema(Schema):
    class Meta:
        unknown = RAISE

    name = fields.String(
        required=True,
        validate=[
            validate.Length(
                max=LONGEST_NAME,
                error=say("Use up to {most} characters.", most=LONGEST_NAME),
            ),
            plain_text,
        ],
    )
    role = fields.Enum(Role, by_value=True, required=True)


class AuditQuery(Schema):
    before = fields.AwareDateTime(load_default=None)


class AuditEntrySchema(Schema):
    """Who did what: `action` is method and address, `about` the ids in it and what else counts.

    `name` is what that is called now which it was done to, "" if it has no name or is gone.
    """

    id = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    by_kind = fields.String(required=True, validate=validate.OneOf(["person", "key"]))
    by_id = fields.String(required=True)
    by_name = fields.String(required=True)
    by_user = fields.String(required=True, allow_none=True)
    action = fields.String(required=True)
    about = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)
    times = fields.Integer(required=True)
    name = fields.String(required=True)


class AuditSchema(Schema):
    """A page of the log, the newest first; `before` asks for the next, None at the end."""

    entries = fields.List(fields.Nested(AuditEntrySchema), required=True)
    before = fields.AwareDateTime(required=True, allow_none=True)


@blueprint.route("/team")
class TeamView(MethodView):
    @blueprint.response(200, TeamSchema)
    def get(self) -> dict[str, Any]:
        """Give everybody who has opened the panel."""
        store = the_store()
        with the_runtime().database.reading() as connection:
            members = team.of_store(connection, store.id)
        return _told(members, role_of_newcomers(store.settings))

    @blueprint.arguments(NewPeopleSchema)
    @blueprint.response(200, TeamSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, Any]) -> dict[str, Any]:
        """Say what role newcomers have; whoever is there keeps theirs."""
        store, role = the_store(), form["new_people"]
        audited.also(role=role.value)

        def keep(connection: Connection) -> list[Member]:
            known = stores.by_domain(connection, store.platform, store.domain, lock=True)
            settings = dict(known.settings if known else {})
            stores.set_settings(connection, store.id, {**settings, "new_people_role": role.value})
            return team.of_store(connection, store.id)

        return _told(the_runtime().database.write(keep), role)


@blueprint.route("/team/<uuid:member_id>")
class MemberView(MethodView):
    @blueprint.arguments(MemberFormSchema)
    @blueprint.response(200, MemberSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, Any], member_id: UUID) -> dict[str, Any]:
        """Call somebody by a name and give them a role; the last publisher stays one.

        Of those who were here lately: who has not come for so long may have left.
        """
        store, name, role = the_store(), " ".join(form["name"].split()), form["role"]
        audited.also(role=role.value)

        def keep(connection: Connection) -> Member | None:
            stores.by_domain(connection, store.platform, store.domain, lock=True)
            changed = team.change(connection, store.id, str(member_id), name, role)
            since = the_runtime().database.real_now(connection) - LATELY
            if changed and not team.has_publisher(connection, store.id, since=since):
                raise NobodyLeft
            return changed

        try:
            changed = the_runtime().database.write(keep)
        except NobodyLeft:
            refuse(
                422,
                say(
                    "Somebody has to be able to publish. First make another a publisher "
                    "who opened Reprise in the last {days} days.",
                    days=LATELY.days,
                ),
                "role",
            )
        if changed is None:
            refuse(404, say("There is nobody of this id in your team."))
        return _line(changed)


class NobodyLeft(Exception):
    """Without a publisher nobody could change the team any more."""


@blueprint.route("/audit")
class AuditView(MethodView):
    @blueprint.arguments(AuditQuery, location="query")
    @blueprint.response(200, AuditSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give who changed what, the newest first."""
        with the_runtime().database.reading() as connection:
            found = audit.page(connection, the_store().id, query["before"], PAGE + 1)
        entries, more = found[:PAGE], len(found) > PAGE
        return {"entries": entries, "before": entries[-1].at if more else None}


def _told(members: list[Member], new_people: Role) -> dict[str, Any]:
    lines = [_line(one) for one in members]
    return {"you": the_person().id, "new_people": new_people, "members": lines}


def _line(member: Member) -> dict[str, Any]:
    rights = sorted(right.value for right in RIGHTS[member.role])
    return {**asdict(member), "rights": rights}
