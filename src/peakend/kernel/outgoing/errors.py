"""What can go wrong on the way to another server, each with its sentence."""

from peakend.kernel.errors import PeakendError


class Outgoing(PeakendError):
    """Another server was not asked, or gave no answer that can be used."""

    status = 422
    wording = "kernel.outgoing.not_reached"


class AddressMalformed(Outgoing):
    """The address is none, or hides what it is."""

    wording = "kernel.outgoing.malformed"


class NotEncrypted(Outgoing):
    """Plain http goes only to what the operator listed."""

    wording = "kernel.outgoing.not_encrypted"


class AddressRefused(Outgoing):
    """The address lies inside: of this machine, of the house, of the cloud's own services."""

    wording = "kernel.outgoing.inside"


class PortRefused(Outgoing):
    """Something else than the web listens at ports like that."""

    wording = "kernel.outgoing.port"


class HostUnknown(Outgoing):
    """The name has no address."""

    wording = "kernel.outgoing.unknown_host"


class NotReached(Outgoing):
    """Nobody takes the connection."""


class TlsFailed(Outgoing):
    """The connection cannot be encrypted, or the certificate is not that server's."""

    wording = "kernel.outgoing.tls"


class AnswerTooSlow(Outgoing):
    """The answer did not come in time."""

    wording = "kernel.outgoing.too_slow"


class AnswerTooLarge(Outgoing):
    """The answer is larger than is taken."""

    wording = "kernel.outgoing.too_large"


class AnswerBroken(Outgoing):
    """What came back is no answer of the web."""

    wording = "kernel.outgoing.broken"


class Redirected(Outgoing):
    """The server sends us elsewhere, where we do not go."""

    wording = "kernel.outgoing.redirected"
