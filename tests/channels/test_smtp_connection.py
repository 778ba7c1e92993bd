"""The address of a mail server, and when a password may travel without TLS."""

import pytest

from channels.email.smtp import SmtpSettings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("localhost", 25, None, False)),
        ("smtp://u%40x:p%2Fw@mail.example", ("mail.example", 587, "u@x", False)),
        ("smtps://u:p@mail.example?connections=3", ("mail.example", 465, "u", True)),
    ],
)
def test_the_address_of_a_server_is_read(url: str, expected: tuple[object, ...]) -> None:
    settings = SmtpSettings.from_url(url)
    assert (settings.host, settings.port, settings.user, settings.implicit_tls) == expected
    assert not settings.allow_plain_login


@pytest.mark.parametrize(
    "url", ["http://x", "smtp://", "mail.example", "smtp://x?tls=none", "smtp://x?connections=many"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        SmtpSettings.from_url(url)


def test_plain_logins_are_for_the_demo_on_this_machine() -> None:
    assert SmtpSettings.from_url("smtp://u:p@127.0.0.1", demo=True).allow_plain_login
    assert not SmtpSettings.from_url("smtp://u:p@mail.example", demo=True).allow_plain_login
    assert not SmtpSettings.from_url("smtp://u:p@127.0.0.1").allow_plain_login
