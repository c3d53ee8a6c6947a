"""Routes of steps: those of a case, the department's own list, what is done to a step, links."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import delete, get, post
from msgspec import Meta

from peakend.cases import actions, queries
from peakend.cases.rules.templates import MOST_CHECKS, TemplateStep, Title, Words
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Said = Annotated[str, Meta(max_length=2000)]


class StepSeen(msgspec.Struct, forbid_unknown_fields=True):
    """The version that was looked at."""

    version: Version


class StepSaid(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How it went, or why; and the version that was looked at."""

    version: Version
    words: Said = ""


class StepTick(msgspec.Struct, forbid_unknown_fields=True):
    """Which line of the checklist, counted from 0, and whether it is ticked off."""

    line: Annotated[int, Meta(ge=0, lt=MOST_CHECKS)]
    ticked: bool


class StepGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Which department is to do it."""

    department_id: UUID
    version: Version


class StepAsked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A step beside the template's: without a department it is for whoever has the case."""

    title: Title
    words: Words = ""
    who: Literal["department", "owner", "outsider"] = "department"
    department_id: UUID | None = None
    due_minutes: Annotated[int, Meta(ge=1, le=129600)] = 480
    shows_customer: bool = False


class GuestAsked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """For whom a link is, how many days it opens, and whether he needs the customer's name."""

    name: Annotated[str, Meta(max_length=80)] = ""
    company: Annotated[str, Meta(max_length=80)] = ""
    days: Annotated[int, Meta(ge=1, le=30)] = 7
    shows_customer: bool = False


class GuestMail(msgspec.Struct, forbid_unknown_fields=True):
    """To which address the link goes."""

    email: Annotated[str, Meta(min_length=3, max_length=200)]


@get("/cases/{case_id:uuid}/steps", summary="The steps of a case", opt=needs("cases.read"))
async def read_steps(tx: Transaction, actor: Actor, case_id: UUID) -> queries.CaseSteps:
    return await queries.case_steps(tx, case_id, actor)


@post("/cases/{case_id:uuid}/steps", summary="Give a case a step more", opt=needs("cases.work"))
async def add_step(
    tx: Transaction, actor: Actor, case_id: UUID, data: StepAsked
) -> queries.CaseSteps:
    step = TemplateStep(
        key="added", title_zh=data.title, words_zh=data.words, who=data.who,
        department_id=data.department_id, due_minutes=data.due_minutes,
        shows_customer=data.shows_customer,
    )  # fmt: skip
    await actions.add_step(tx, case_id=case_id, step=step, by=actor)
    return await queries.case_steps(tx, case_id, actor)


@get("/department-steps", summary="What lies with my departments", opt=needs("cases.department"))
async def department_steps(
    tx: Transaction, actor: Actor, show: Literal["open", "done"] = "open"
) -> list[queries.DepartmentStep]:
    return await queries.department_steps(tx, actor, show=show)


@get(
    "/department-steps/{step_id:uuid}",
    summary="A step of my department",
    opt=needs("cases.department"),
)
async def department_step(tx: Transaction, actor: Actor, step_id: UUID) -> queries.DepartmentStep:
    return await queries.department_step(tx, step_id, actor)


@post(
    "/case-steps/{step_id:uuid}/takes",
    summary="Begin a step",
    opt=needs("cases.department"),
    status_code=204,
)
async def take_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepSeen) -> None:
    await actions.take_step(tx, step_id=step_id, by=actor, version=data.version)


@post(
    "/case-steps/{step_id:uuid}/releases",
    summary="Put a step back to the department",
    opt=needs("cases.department"),
    status_code=204,
)
async def release_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepSeen) -> None:
    await actions.release_step(tx, step_id=step_id, by=actor, version=data.version)


@post(
    "/case-steps/{step_id:uuid}/ticks",
    summary="Tick a line off",
    opt=needs("cases.department"),
    status_code=204,
)
async def tick_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepTick) -> None:
    await actions.tick_step(tx, step_id=step_id, line=data.line, ticked=data.ticked, by=actor)


@post(
    "/case-steps/{step_id:uuid}/completions",
    summary="A step is done",
    opt=needs("cases.department"),
    status_code=204,
)
async def finish_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepSaid) -> None:
    await actions.finish_step(tx, step_id=step_id, words=data.words, by=actor, version=data.version)


@post(
    "/case-steps/{step_id:uuid}/returns",
    summary="Send a step back",
    opt=needs("cases.department"),
    status_code=204,
)
async def return_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepSaid) -> None:
    await actions.return_step(tx, step_id=step_id, words=data.words, by=actor, version=data.version)


@post(
    "/case-steps/{step_id:uuid}/skips",
    summary="Do without a step",
    opt=needs("cases.work"),
    status_code=204,
)
async def skip_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepSaid) -> None:
    await actions.skip_step(tx, step_id=step_id, words=data.words, by=actor, version=data.version)


@post(
    "/case-steps/{step_id:uuid}/resumptions",
    summary="Have a step worked again",
    opt=needs("cases.work"),
    status_code=204,
)
async def resume_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepSeen) -> None:
    await actions.resume_step(tx, step_id=step_id, by=actor, version=data.version)


@post(
    "/case-steps/{step_id:uuid}/departments",
    summary="Give a step to another department",
    opt=needs("cases.work"),
    status_code=204,
)
async def give_step(tx: Transaction, actor: Actor, step_id: UUID, data: StepGiven) -> None:
    await actions.give_step(
        tx, step_id=step_id, department_id=data.department_id, by=actor, version=data.version
    )


@get(
    "/case-steps/{step_id:uuid}/guests",
    summary="The links of a step for outsiders",
    opt=needs("cases.work"),
)
async def read_guests(tx: Transaction, actor: Actor, step_id: UUID) -> list[queries.GuestView]:
    await queries.need_step(tx, step_id, actor, lead=True)
    return await queries.guest_views(tx, step_id)


@post(
    "/case-steps/{step_id:uuid}/guests",
    summary="Make a link to a step for an outsider",
    opt=needs("cases.work"),
)
async def make_guest(
    tx: Transaction, actor: Actor, step_id: UUID, data: GuestAsked
) -> list[queries.GuestView]:
    await actions.make_guest(
        tx, step_id=step_id, name=data.name, days=data.days, shows_customer=data.shows_customer,
        company=data.company, by=actor,
    )  # fmt: skip
    return await queries.guest_views(tx, step_id)


@post(
    "/case-guests/{guest_id:uuid}/mails",
    summary="Send an outsider his link by mail",
    opt=needs("cases.work"),
    status_code=204,
)
async def mail_guest(tx: Transaction, actor: Actor, guest_id: UUID, data: GuestMail) -> None:
    await actions.mail_guest(tx, guest_id=guest_id, email=data.email, by=actor)


@delete("/case-guests/{guest_id:uuid}", summary="Take a link back", opt=needs("cases.work"))
async def revoke_guest(tx: Transaction, actor: Actor, guest_id: UUID) -> None:
    await actions.revoke_guest(tx, guest_id=guest_id, by=actor)


routes = [
    read_steps,
    add_step,
    department_steps,
    department_step,
    take_step,
    release_step,
    tick_step,
    finish_step,
    return_step,
    skip_step,
    resume_step,
    give_step,
    read_guests,
    make_guest,
    mail_guest,
    revoke_guest,
]
