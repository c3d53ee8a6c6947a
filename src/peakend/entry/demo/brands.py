"""How the demo's brands look to customers: the second one has a logo and a mark of its own."""

from uuid import UUID

from peakend.accounts import actions as accounts
from peakend.accounts import queries as people
from peakend.entry.demo.material import CONTENT, content
from peakend.kernel.db import Transaction
from peakend.kernel.settings import settings


async def give_looks(tx: Transaction, brands: dict[str, UUID]) -> None:
    """Give each brand the footer of the content, and the second one its pictures."""
    for slug, shown in content("brands").items():
        brand_id = brands[slug]
        known = await people.brand_look(tx, brand_id)
        await accounts.change_look(
            tx,
            brand_id=brand_id,
            colour=known.colour,
            footer_zh=shown["footer"]["zh"],
            footer_en=shown["footer"]["en"],
            links=[people.FooterLink(one["zh"], one["en"], one["url"]) for one in shown["link"]],
            version=known.version,
        )
        for which, name in shown.get("pictures", {}).items():
            data = (CONTENT / "marks" / name).read_bytes()
            await accounts.set_mark(tx, brand_id=brand_id, which=which, data=data)
        if settings.demo and (host := shown.get("host")):
            await accounts.add_domain(tx, brand_id=brand_id, host=host, serves="help")
