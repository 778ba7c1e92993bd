"""Whether a person should take over after what a customer wrote: the rules asked, and obeyed."""

from collections.abc import Iterable, Iterator
from itertools import chain

from jobs import alerts, fixed_answers, reply
from jobs import conversations as hands
from jobs.heard import Heard
from marketing import hand_over_answers as answers
from marketing import hand_over_rules as rules
from marketing.chat import Author, ChatContent
from marketing.conversation_settings import ConversationSettings, settings_of
from marketing.frustration import TURNS, WITHIN, Turn
from marketing.hand_over_rules import Found, Standing, Then
from marketing.timing import zone_of
from storage import conversations, inbound, replies, rule_calls, threads
from storage.replies import NewReply


def of_message(heard: Heard) -> bool:
    """Ask what this message and those just before it come to; True: a person takes over."""
    own = _settings(heard).own_words
    found = rules.of_message(heard.kept.text, heard.kept.payload, own)
    return _obey(heard, chain(found, _of_turns(heard)))


def of_silence(heard: Heard) -> bool:
    """Ask whether two in a row were left without an answer; True: a person takes over."""
    found = rules.of_silence(_turns(heard))
    return _obey(heard, [found] if found else [])


def _of_turns(heard: Heard) -> Iterator[Found]:
    """Yield what the last messages come to; they are read when it is asked for."""
    if found := rules.of_turns(_turns(heard)):
        yield found


def _obey(heard: Heard, found: Iterable[Found]) -> bool:
    """Obey the first of these rules that is not on trial; what those would have done is counted."""
    on_trial = _settings(heard).on_trial
    for one in found:
        if rules.kind_of(one.rule) not in on_trial:
            return _settle(heard, one)
        _try(heard, one)
    return False


def _try(heard: Heard, found: Found) -> None:
    """Count what a rule would have done: once a day, as it would have kept still after that."""
    now = heard.kept.received_at
    before = rule_calls.tried_at(heard.connection, heard.store.id, heard.customer_id, found.rule)
    if before is None or now - before >= rules.COOLDOWN:
        then = rules.settled(found, _standing(heard, found), now)
        if then is not None:
            _note(heard, found, then, is_trial=True)


def of_echo(heard: Heard) -> None:
    """Somebody of the store's wrote on the platform itself: flows have nothing to say any more."""
    _take_over(heard, Found(rules.ECHO), hands.PLATFORM)
    _keep_echo(heard)


def _keep_echo(heard: Heard) -> None:
    """Its words stand in the thread; whoever leads it in another app may be a machine."""
    kept = heard.kept
    written = NewReply(
        customer_id=heard.customer_id,
        channel=heard.channel.value,
        address=heard.message.recipient,
        author=Author.PERSON,
        text=kept.text,
        key=f"{replies.ECHO}{heard.channel}:{kept.provider_id}",
        attachments=kept.attachments,
    )
    whose = (heard.connection, heard.store.id)
    is_new = replies.keep_echo(*whose, written, kept.provider_id, kept.received_at)
    if is_new and not heard.message.is_standby:
        threads.answered(*whose, heard.customer_id, kept.received_at)


def _settings(heard: Heard) -> ConversationSettings:
    return settings_of(heard.store.settings)


def _turns(heard: Heard) -> list[Turn]:
    """Give what they wrote lately; what they wrote while a person had it is settled."""
    whose = (heard.connection, heard.store.id, heard.customer_id)
    lately, given_back_at = heard.kept.received_at - WITHIN, conversations.of(*whose).since
    return inbound.turns(*whose, max(lately, given_back_at or lately), TURNS)


def _settle(heard: Heard, found: Found) -> bool:
    """Do what a rule comes to as things stand."""
    standing, now = _standing(heard, found), heard.kept.received_at
    then = rules.settled(found, standing, now)
    if then is Then.HAND_OVER:
        if not _take_over(heard, found, hands.RULE):
            return False
        _tell_coming(heard, found)
    if then in (Then.OFFER, Then.OVER_LIMIT) and rules.may_offer(standing, now):
        _offer(heard)
    if then is Then.OVER_LIMIT and not heard.is_test:
        alerts.ring_of_limit(heard.connection, heard.runtime, heard.store, now)
    if then is not None:
        _note(heard, found, then)
    return then is Then.HAND_OVER


def _note(heard: Heard, found: Found, then: Then, *, is_trial: bool = False) -> None:
    if heard.is_test:
        return
    whose = (heard.connection, heard.store.id, heard.customer_id)
    rule_calls.note(*whose, found.rule, then, heard.kept.received_at, is_trial=is_trial)


def _tell_coming(heard: Heard, found: Found) -> None:
    """Tell the customer that somebody will write, and from when on."""
    zone = zone_of(heard.store.timezone).key
    now = heard.kept.received_at
    words = answers.coming(
        found.rule, _settings(heard).hours, zone, now, fixed_answers.locale_of(heard)
    )
    key = f"coming:{heard.channel}:{heard.kept.provider_id}"
    _reply(heard, ChatContent(words), key, in_human_hands=True)


def _offer(heard: Heard) -> None:
    content = answers.offer(heard.channel, fixed_answers.locale_of(heard))
    _reply(heard, content, f"offer:{heard.channel}:{heard.kept.provider_id}")
    whose = (heard.connection, heard.store.id, heard.customer_id)
    conversations.offered(*whose, heard.kept.received_at)


def _reply(heard: Heard, content: ChatContent, key: str, *, in_human_hands: bool = False) -> None:
    reply.queue(
        heard.connection,
        heard.runtime,
        heard.store,
        heard.customer_id,
        heard.channel,
        content,
        address=heard.kept.sender,
        in_human_hands=in_human_hands,
        key=key,
    )


def _standing(heard: Heard, found: Found) -> Standing:
    if found.rule not in rules.GUESSED:
        return Standing()
    whose = (heard.connection, heard.store.id)
    before = conversations.of(*whose, heard.customer_id)
    return Standing(
        is_automatic=_settings(heard).is_automatic,
        not_needed_at=before.not_needed_at,
        offered_at=before.offered_at,
        over_limit_at=rule_calls.over_limit_at(*whose, heard.customer_id),
        within_hour=0 if heard.is_test else _within_hour(heard),
        most_an_hour=_settings(heard).most_an_hour,
    )


def _within_hour(heard: Heard) -> int:
    since = heard.kept.received_at - rules.HOUR
    return rule_calls.guessed_since(heard.connection, heard.store.id, since)


def _take_over(heard: Heard, found: Found, by: str) -> bool:
    return hands.take_over(
        heard.connection,
        heard.runtime,
        heard.store,
        heard.customer_id,
        at=heard.kept.received_at,
        by=by,
        found=found,
    )
