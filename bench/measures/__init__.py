"""Every measure of `make bench` by its name."""

from bench.figures import Measure
from bench.measures import (
    carrying,
    casework,
    desk,
    flooring,
    growth,
    live,
    mailing,
    matching,
    posting,
    promising,
    reacting,
    sockets,
    starting,
    viewing,
    walls,
)

MEASURES: dict[str, Measure] = {
    "post": posting.post,
    "list": posting.lists,
    "growth": growth.growth,
    "views": viewing.views,
    "cases": casework.cases,
    "floor": flooring.floor,
    "reactions": reacting.reactions,
    "matching": matching.matching,
    "live": live.delivery,
    "sockets": sockets.idle,
    "exchange": carrying.exchange,
    "mail": mailing.backlog,
    "promises": promising.promises,
    "start": starting.start,
    "database": walls.database_per_test,
    "desk": desk.desk,
}
