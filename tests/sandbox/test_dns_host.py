"""The sandbox's DNS: what a merchant pastes on its page is what a resolver hears."""

import dns.message
import dns.rcode
import dns.resolver
import httpx
import pytest

from sandbox.dns_host import reply
from sandbox.serve import Sandbox
from sandbox.world import SAMPLE_SHOP


def paste(sandbox: Sandbox, name: str, text: str, door: str = "dns") -> httpx.Response:
    url = f"{sandbox.world.admin_url}/shops/{SAMPLE_SHOP}/{door}"
    return httpx.post(url, data={"name": name, "text": text})


@pytest.fixture
def resolver(sandbox: Sandbox) -> dns.resolver.Resolver:
    made = dns.resolver.Resolver(configure=False)
    made.nameservers, made.port = ["127.0.0.1"], sandbox.dns.port
    return made


def looked_up(resolver: dns.resolver.Resolver, name: str) -> list[bytes]:
    return [b"".join(row.strings) for row in resolver.resolve(name, "TXT", lifetime=5)]


def test_what_is_pasted_is_answered_whole_and_in_any_case_until_it_is_removed(
    sandbox: Sandbox, resolver: dns.resolver.Resolver
) -> None:
    key = "v=DKIM1; k=rsa; p=" + "A" * 400
    assert paste(sandbox, " Reprise._domainkey.Moss.shop. ", f'"{key}"').status_code == 303
    assert looked_up(resolver, "reprise._DOMAINKEY.moss.shop") == [key.encode()]
    paste(sandbox, "moss.shop", "one")
    paste(sandbox, "moss.shop", 'two \\ "quoted" words')
    paste(sandbox, "moss.shop", "one")
    assert sorted(looked_up(resolver, "moss.shop")) == [b"one", b'two \\ "quoted" words']
    paste(sandbox, "moss.shop", "one", "dns/remove")
    assert looked_up(resolver, "moss.shop") == [b'two \\ "quoted" words']


def test_a_name_without_a_record_does_not_exist_and_one_has_no_other_kinds(
    sandbox: Sandbox, resolver: dns.resolver.Resolver
) -> None:
    paste(sandbox, "moss.shop", "one")
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("elsewhere.shop", "TXT", lifetime=5)
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("moss.shop", "A", lifetime=5)


@pytest.mark.parametrize(
    ("name", "text"), [("", "x"), ("moss", "x"), ("a b.shop", "x"), ("moss.shop", " "),
                       ("moss.shop", "grün"), ("moss.shop", "x" * 2001)],
)  # fmt: skip
def test_what_is_no_record_is_told_on_the_page_and_not_kept(
    sandbox: Sandbox, name: str, text: str
) -> None:
    refused = paste(sandbox, name, text)
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert "<tbody>" not in refused.text


def test_what_is_no_question_gets_no_answer_and_the_next_one_does(sandbox: Sandbox) -> None:
    question = dns.message.make_query("moss.shop", "TXT")
    assert reply(b"nonsense", {}) is None
    answer = reply(question.to_wire(), {})
    assert answer
    assert dns.message.from_wire(answer).rcode() == dns.rcode.NXDOMAIN
