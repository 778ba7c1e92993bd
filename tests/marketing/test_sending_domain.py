"""A sending domain's records: what is wanted, and what stands there instead."""

import pytest

from marketing.sending_domain import Found, RecordState, check, domain_of, passes, wanted

DKIM, DMARC, SPF = wanted("maple.example", "KEY+/=", "mail.example")


@pytest.mark.parametrize(
    ("told", "domain"),
    [
        ("Hello@Maple.Example", "maple.example"),
        ("maple.example.", "maple.example"),
        ("https://Maple.Example/", "maple.example"),
        (" http://hallo@maple.example/shop?a=b ", "maple.example"),
        ("hallo@grün.example", "xn--grn-ioa.example"),
        ("localhost", None),
        ("a@127.0.0.1", None),
        ("a@b c.example", None),
        ("", None),
        ("x" * 300 + ".example", None),
    ],
)
def test_the_domain_of_an_address_is_one_that_dns_knows(told: str, domain: str | None) -> None:
    assert domain_of(told) == domain


def test_the_records_are_the_domains_own() -> None:
    assert [one.name for one in (DKIM, DMARC, SPF)] == [
        "reprise._domainkey.maple.example",
        "_dmarc.maple.example",
        "maple.example",
    ]
    assert [one.key for one in wanted("a.example", "K", None)] == ["dkim", "dmarc"]


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        (["v=DKIM1; k=rsa; p=KEY+/="], RecordState.FOUND),
        (["k=rsa; p=KEY +/="], RecordState.FOUND),
        (["v=DKIM1; k=rsa; p=OTHER"], RecordState.WRONG),
        (["v=DKIM1; p=KEY+/=", "v=DKIM1; p=OTHER"], RecordState.SEVERAL),
        (["google-site-verification=1"], RecordState.MISSING),
        ([], RecordState.MISSING),
        (None, RecordState.NO_ANSWER),
    ],
)
def test_a_key_is_there_wrong_missing_or_there_twice(
    texts: list[str] | None, state: RecordState
) -> None:
    assert check(DKIM, Found(texts)).state is state


def test_any_policy_of_dmarc_is_one_and_others_texts_are_none() -> None:
    assert check(DMARC, Found(["v=DMARC1; p=reject; rua=mailto:a@b"])).state is RecordState.FOUND
    assert check(DMARC, Found(["v=DMARC1"])).state is RecordState.WRONG


def test_spf_has_to_include_the_mail_server_and_decides_nothing() -> None:
    there = check(SPF, Found(["v=spf1 include:other.example include:mail.example -all"]))
    lacks = check(SPF, Found(["v=spf1 include:mail.example.evil.example -all"]))
    assert (there.state, lacks.state) == (RecordState.FOUND, RecordState.WRONG)
    good = check(DKIM, Found([DKIM.value])), check(DMARC, Found([DMARC.value]))
    assert passes([*good, lacks])
    assert not passes([good[0], check(DMARC, Found([])), there])
