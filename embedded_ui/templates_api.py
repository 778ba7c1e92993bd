"""/panel/api/templates: what the message editor asks: previews, checks, tags, tests, beginnings."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NoReturn
from uuid import UUID

from flask.views import MethodView

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.spoken import spoken
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.recipe_names import called
from embedded_ui.template_schemas import (
    CheckBodySchema,
    ConvertBodySchema,
    ConvertedSchema,
    IssueListSchema,
    PreviewSchema,
    RefusedTemplateSchema,
    StarterListSchema,
    TagListSchema,
    TagsQuery,
    TemplateBodySchema,
    TestBodySchema,
    TrialSchema,
)
from jobs import link_checks, previews, spelling, trials
from jobs.previews import About, NoSuchCustomer
from jobs.trials import MOST_AN_HOUR, SenderUsedUp, TooManyTests
from marketing import block_schema, checking, tags
from marketing.block_schema import BadTemplate
from marketing.blocks.reading import NotBlocks, blocks_of
from marketing.brand import brand_of
from marketing.flow import SendMessage, Template
from marketing.flow_reading import readable_steps
from marketing.rendering import RenderingFailed
from marketing.said import say
from marketing.starters import starters
from marketing.templates import Problem, TemplateRefused
from marketing.unwritten import is_frame
from storage import flows
from storage import trials as kept_trials

Json = dict[str, Any]

blueprint = api_blueprint("templates")


@blueprint.route("/templates/preview")
class PreviewView(MethodView):
    @blueprint.arguments(TemplateBodySchema)
    @blueprint.response(200, PreviewSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedTemplateSchema)
    def post(self, body: Json) -> Json:
        """Show a message as a customer of the store would read it; nothing is kept or sent.

        The HTML is for a sandboxed frame. A customer is shown with the newest cart, order and
        product looked at that the store knows of them, and with an example of a code.
        """
        template = _read(body["template"])
        try:
            shown = previews.preview(the_runtime(), the_store(), template, body["about"])
        except (NoSuchCustomer, TemplateRefused, RenderingFailed) as error:
            _refuse(error)
        return {
            **asdict(shown.words),
            "size_bytes": len(shown.words.html.encode()),
            "about": {"name": shown.name, "customer_id": shown.customer_id},
        }


@blueprint.route("/templates/check")
class CheckView(MethodView):
    @blueprint.arguments(CheckBodySchema)
    @blueprint.response(200, IssueListSchema)
    def post(self, body: Json) -> Json:
        """Say what keeps a message from going live, and what else to look at."""
        try:
            template = block_schema.read(body["template"])
        except BadTemplate as bad:
            return {"issues": [checking.issue_of(problem) for problem in bad.problems]}
        about: About = body["about"]
        brand, has_gift = brand_of(the_store().settings), about.offers_code or about.tells_reward
        issues = checking.check(
            template, about.kind, brand, has_gift=has_gift, in_campaign=about.in_campaign
        )
        issues += spelling.check(the_runtime(), the_store(), template)
        if body["links"]:
            issues += link_checks.check(the_runtime(), template)
        return {"issues": checking.in_order(issues, template)}


@blueprint.route("/templates/tags")
class TagsView(MethodView):
    @blueprint.arguments(TagsQuery, location="query")
    @blueprint.response(200, TagListSchema)
    def get(self, query: Json) -> Json:
        """Give the merge tags, conditions and destinations that make sense after a trigger."""
        trigger = query["trigger"]
        context = previews.sample(the_runtime(), the_store())
        named = tags.conditions_for(trigger)
        return {
            "tags": [_tag(tag, context) for tag in tags.tags_for(trigger)],
            "conditions": [{"name": name, "label": one.label} for name, one in named],
            "destinations": [asdict(one) for one in tags.destinations_for(trigger)],
        }


@blueprint.route("/templates/test")
class TestsView(MethodView):
    @blueprint.arguments(TestBodySchema)
    @blueprint.response(202, TrialSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedTemplateSchema)
    @blueprint.alt_response(429, schema=ErrorSchema)
    def post(self, body: Json) -> kept_trials.Trial:
        """Send a message to oneself, through the channel that customers' messages take.

        Its subject says that it is a test; nothing in it is tracked or counted.
        """
        template, to = _read(body["template"]), body["to"]
        try:
            return trials.order(the_runtime(), the_store(), template, body["about"], to)
        except SenderUsedUp:
            refuse(
                429,
                say(
                    "The shared sender takes no more of your store today. "
                    "Try again tomorrow, or set up your own sending domain."
                ),
                "to",
            )
        except TooManyTests:
            refuse(
                429,
                say(
                    "That were {count} tests within an hour. Try again later.",
                    count=MOST_AN_HOUR,
                ),
                "to",
            )
        except (NoSuchCustomer, TemplateRefused, RenderingFailed) as error:
            _refuse(error)


@blueprint.route("/templates/test/<uuid:trial_id>")
class TestView(MethodView):
    @blueprint.response(200, TrialSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, trial_id: UUID) -> kept_trials.Trial:
        """Give what became of a test mail."""
        with the_runtime().database.reading() as connection:
            trial = kept_trials.get(connection, the_store().id, str(trial_id))
        if trial is None:
            refuse(404, say("There is no such test in this store."))
        return trial


@blueprint.route("/templates/convert")
class ConvertView(MethodView):
    @blueprint.arguments(ConvertBodySchema)
    @blueprint.response(200, ConvertedSchema)
    @blueprint.alt_response(422, schema=RefusedTemplateSchema)
    def post(self, body: Json) -> Json:
        """Give a template in code as blocks, if it is made of our own elements only."""
        template = _read(body["template"])
        if template.blocks:
            return {"template": block_schema.write(template)}
        try:
            blocks = blocks_of(template.mjml)
        except NotBlocks as error:
            _refuse_problems([Problem("", "mjml", error.said, say("Go on writing it in code."))])
        told = {"subject": template.subject, "preview": template.preview, "blocks": blocks}
        return {"template": block_schema.write(_read(told))}


@blueprint.route("/templates/starters")
class StartersView(MethodView):
    @blueprint.arguments(TagsQuery, location="query")
    @blueprint.response(200, StarterListSchema)
    def get(self, query: Json) -> Json:
        """Give what a new message can begin with: a sketch, or a copy of another message."""
        with the_runtime().database.reading() as connection:
            kept = flows.of_store(connection, the_store().id)
        messages = [told for one in kept for told in _messages(called(one))]
        made = starters(query["trigger"]).items()
        sketches = [{"key": key, "template": template} for key, template in made]
        return {"starters": sketches, "messages": messages}


def _messages(stored: flows.StoredFlow) -> list[Json]:
    """Give what can be copied from a draft, which may have problems elsewhere."""
    return [
        {
            "flow_id": stored.id,
            "flow_name": stored.name,
            "step_id": step.id,
            "name": step.name,
            "subject": step.template.subject,
            "form": "blocks" if step.template.blocks else "code",
        }
        for step in readable_steps(stored.draft)
        if isinstance(step, SendMessage) and not is_frame(step.template)
    ]


def _tag(tag: tags.Tag, context: Json) -> Json:
    return {
        "name": tag.name,
        "tag": tag.liquid,
        "with_fallback": tag.with_fallback,
        "label": tag.label,
        "example": tags.example_of(tag, context),
        "fallback": tag.fallback,
        "group": tag.group,
    }


def _read(document: Json) -> Template:
    try:
        return block_schema.read(document)
    except BadTemplate as bad:
        _refuse_problems(bad.problems)


def _refuse(error: NoSuchCustomer | TemplateRefused | RenderingFailed) -> NoReturn:
    if isinstance(error, NoSuchCustomer):
        refuse(404, say("There is no such customer in this store."), "about.customer_id")
    if isinstance(error, RenderingFailed):
        remedy = say("Make the loops shorter, or the sums simpler.")
        _refuse_problems(
            [
                Problem(
                    "",
                    "blocks",
                    say("It can't be worked out: {reason}.", reason=error.reason),
                    remedy,
                )
            ]
        )
    _refuse_problems(error.problems)


def _refuse_problems(problems: Sequence[Problem]) -> NoReturn:
    told = []
    for one in problems:
        block, field = checking.place_of(one)
        words = {"message": spoken(one.message), "remedy": spoken(one.remedy)}
        told.append({"block": block, "field": field, **words})
    refuse(422, problems[0].sentence, problems[0].field, problems=told)
