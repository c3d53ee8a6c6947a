"""How a server is reached: what is checked of its address whatever mail does there."""

from peakend.kernel.errors import Invalid
from peakend.kernel.outgoing import Outgoing, PortRefused, needed_line
from peakend.kernel.settings import settings
from peakend.mail.ports import Tls
from peakend.mail.rules import is_line


class WrongHost(Invalid):
    """This is the name of no server."""

    wording = "mail.wrong_host"


class TlsNeeded(Invalid):
    """Only a server that the operator listed is spoken to without encryption."""

    wording = "mail.wrong_tls"


def checked_host(
    host: str, port: int, tls: Tls, login: str, *, ports: frozenset[int], wrong_port: type[Invalid]
) -> str:
    """Return the host of a server that may be asked, as it is kept.

    Errors: WrongHost, `wrong_port`, TlsNeeded, Invalid for a login of several lines.
    """
    try:
        plain, listed = needed_line(host, port, ports, settings.outgoing_allowed)
    except PortRefused as error:
        raise wrong_port(fields={"port": wrong_port.wording}) from error
    except Outgoing as error:
        raise WrongHost(fields={"host": WrongHost.wording}) from error
    if tls == "none" and not listed:
        raise TlsNeeded(fields={"tls": TlsNeeded.wording})
    if login and not is_line(login):
        raise Invalid(fields={"login": "kernel.invalid"})
    return plain
