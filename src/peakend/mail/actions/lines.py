"""How a server is reached: what is checked of its address whatever mail does there."""

from peakend.kernel.errors import Invalid
from peakend.kernel.outgoing import Outgoing, PortRefused, needed_line
from peakend.kernel.settings import settings
from peakend.mail.actions.providers import authority_of
from peakend.mail.ports import Tls
from peakend.mail.rules import MailAuth, is_line, serves


class WrongHost(Invalid):
    """This is the name of no server."""

    wording = "mail.wrong_host"


class TlsNeeded(Invalid):
    """Only a server that the operator listed is spoken to without encryption."""

    wording = "mail.wrong_tls"


class PasswordNotAsked(Invalid):
    """A provider gives leave: there is no password to keep."""

    wording = "mail.password_not_asked"


class NotProviders(Invalid):
    """The server is not one of the provider's: it is not shown what that gave."""

    wording = "mail.not_providers"


def checked_host(
    host: str, port: int, tls: Tls, auth: MailAuth, login: str, *,
    ports: frozenset[int], wrong_port: type[Invalid],
) -> str:  # fmt: skip
    """Return the host of a server that may be asked, as it is kept.

    Errors: WrongHost, `wrong_port`, TlsNeeded, NotProviders, Invalid for a login of several
    lines, or none where a provider gives leave.
    """
    try:
        plain, listed = needed_line(host, port, ports, settings.outgoing_allowed)
    except PortRefused as error:
        raise wrong_port(fields={"port": wrong_port.wording}) from error
    except Outgoing as error:
        raise WrongHost(fields={"host": WrongHost.wording}) from error
    if tls == "none" and not listed:
        raise TlsNeeded(fields={"tls": TlsNeeded.wording})
    if auth != "password" and not (listed or serves(authority_of(auth), plain)):
        raise NotProviders(fields={"host": NotProviders.wording})
    if (login or auth != "password") and not is_line(login):
        raise Invalid(fields={"login": "kernel.invalid"})
    return plain
